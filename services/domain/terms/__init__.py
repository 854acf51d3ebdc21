"""Breaches of what was agreed, told by facts, time and the asset's own counter.

    trail    the counter's values in time, as minutes told them
    state    what an asset's life keeps of all this, and when it is to be looked at again
    finding  what they find: whether a breach holds, since when, in what words
    cover    insurance that has ended and was not renewed
    lease    redelivery that is late, the month that rent and caps run by
    use      the cap of a month and the use declared for a period, against the counter
    kept     which facts of a source an asset's life keeps for all this
    judge    the door: what a signal or a fact leads to

What `cover`, `lease` and `use` find is a pure function of the facts and the trail, so that neither
the order of facts nor a correction that comes late makes a difference.  Deadlines lie months ahead:
an asset's minutes are looked at only when the state's clock or counter says so.
"""
