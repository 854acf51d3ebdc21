"""How fast the monitor is, each part against the others in one run on one machine.

    core      MonitorCore.step alone, whatever the shape of its input; how its cost grows
    line      a worker of the consumer group, from an embedded Kafka to what is committed there
    load      the same at a steady rate: what a reading costs then, how late its signals are
    recovery  how soon a new owner has the state of the old one
    peers     the same readings through other stream processors, with much simpler logic

Costs are processor time of this process a reading: all but the broker, the senders and the peers
runs in it.  Rates move by half between runs on a shared machine; trust the costs and ratios, and
look at `load_average`.  Run it with `leasewatch bench monitor`.
"""
