"""`leasewatch bench detectors`: the detectors of rows beside three of river's, on one fleet.

fleet   a simulated fleet whose instruments fail, as rows of numbers, and which rows are healthy
rivals  river's models, an asset each, and two that know nothing: elapsed time and random
recall  which faults each notices at one threshold for all assets
rates   rows a second of processor time over 10,000 assets at once
show    the table
cli     the command
"""
