"""`leasewatch score`: the detectors over any table of numbers, row after row.

files     a table in, its rows as numbers; a table of scores out
clock     the hour of the day out of whatever stands in a timestamp
settings  the detectors' settings out of a TOML or JSON file
score     one file, or many in one process
cli       the command
compile   `python -m services.scoring.compile`: the detectors as machine code, at set-up
"""
