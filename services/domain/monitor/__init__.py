"""The monitor of one partition: readings in, signals out; `core.MonitorCore` is its door.

    scan, decode            records -> a batch of rows (batch, names, read_*)
    step                    the kernel: every row through every concern, in arrival order
      clock contacts        whose clock it is, and which feeds hear an asset
      quality jumps frozen episodes    what is wrong with a reading
      silence intervals     who is not heard, and how often one is
      zones movement trips  where it is and what it does
      overspeed limits rules           what the class data forbids
      anomalies minute      what is unusual, and the minute's summary
    events, write           rows of numbers -> signals as JSON (words, write_*)
    minute_models strangers what plain Python adds to the events
    plan, state             class data and assets as arrays of records
    checkpoint, meaning     the state as chunks, and what its numbers mean
    compiled                how the kernel becomes machine code

To add a rule: its file beside `doors`, a row in `rule_table`, a row in the class data.
"""
