"""The statistical detectors, one file each.

`baseline` looks at every closed window of a channel that follows others and is compiled into the
kernel; `drift` looks at every closed minute.
"""
