"""The nouns of what goes wrong: kinds, one fault at work, and the label that says what is true."""

from datetime import datetime
from typing import Literal, NamedTuple

MASKED, MOTION, SILENT, FADES = "masked", "motion", "silent", "fades"
"""Variants: interference that leaves nac_p, a spoofer that fakes motion too, a grounding without
its status, an outage that fades in.
"""

Group = Literal["sensor", "transport", "behaviour", "contract"]


class Kind(NamedTuple):
    """One kind of fault on one class of assets: a row of the catalogue.

    `needs` is the state in which an asset must be for it to begin (a word of its fleet's `ready`).
    `duration_s` and `size` are ranges to draw from; what `size` measures is the kind's own matter
    (a factor, an offset in the channel's unit, seconds).  One of `channels` is drawn for each
    fault when `one_channel`; else all of them may change.  No channels: the whole asset may.
    """

    name: str
    group: Group
    asset_class: str
    needs: str
    duration_s: tuple[int, int]
    size: tuple[float, float]
    severity: str
    expect: str
    notice_within_s: int
    channels: tuple[str, ...] = ()
    one_channel: bool = False


class Fault(NamedTuple):
    """A fault at work: it acts while start <= second < end.

    `row` is the asset's row in its fleet; `other` the row of the second asset where there is one
    (identity swap, rendezvous), else -1.  `weight` is how severe it is, from 0 to 1; `share`: its
    size as a share of what the catalogue gave it; `variant`: how it acts other than usual, if so.
    """

    id: str
    kind: Kind
    row: int
    start: int
    end: int
    size: float
    weight: float
    channels: tuple[str, ...]
    other: int = -1
    share: float = 1.0
    variant: str = ""


class FaultLabel(NamedTuple):
    """The truth about one fault: `expect` says what should be noticed, `notice_by` until when.

    `assets` are all that the fault names, `asset` the first of them; of those nothing but
    `channels` changes (empty: anything may), and nothing before `start`.  What `expect` names is
    there to be noticed from `shows` on: a ship turns off its track before it is in the zone.
    `share` is its size as a share of what its kind's range gave it, `variant` as in Fault.
    """

    id: str
    kind: str
    group: Group
    asset_class: str
    asset: str
    assets: tuple[str, ...]
    start: datetime
    shows: datetime
    end: datetime
    severity: str
    weight: float
    channels: tuple[str, ...]
    expect: str
    notice_by: datetime
    share: float = 1.0
    variant: str = ""
