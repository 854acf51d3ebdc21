"""The same simple work in other stream processors, each a program of its own.

Eight running z-scores an asset, an alert where one is far out.  They are started with the address
of the broker, how many readings to take and a folder for their state, and print as JSON the
processor and wall time from the first reading to the last.  They need nothing of the product, so
that they may run in a Python that holds them alone.
"""
