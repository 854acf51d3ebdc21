"""The monitor of one partition: readings in, signals out; `core.MonitorCore` is its door.

    read/                   records -> a batch of rows: `scan` is the door, `decode` the reference
    step                    the kernel: every row through every concern, in arrival order
    concerns/
      clock contacts        whose clock it is, and which feeds hear an asset
      quality jumps frozen episodes    what is wrong with a reading
      habits                what a feed does in health: gaps, repeats, late and lost readings
      silence intervals     who is not heard, and how often one is
      zones movement trips  where it is and what it does
      overspeed limits rules           what the class data forbids
      rule_table seen       which rules there are, and what they see
      anomalies minute      what is unusual, and the minute's summary
    judges/                 the rules: one file each, over what is `concerns.seen`
    events, write/          rows of numbers -> signals as JSON: `signals` is the door
    minute_models strangers what plain Python adds to the events
    plan, state             class data and assets as arrays of records
    keep/, endings          the state as chunks, what its numbers mean, and what of it ends

To add a rule: its file beside `judges.doors`, a row in `concerns.rule_table`, one in the class
data.
"""
