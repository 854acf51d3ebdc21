"""What an asset's life keeps of its terms: its counter, and when they are to be looked at again."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from schemas.asset_classes.model import Usage
from services.domain.terms.trail import Trail


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """`read`: looked at since the last fact, at `looked_at` by the asset's clock.

    To be looked at again at `due`, and when the counter is beyond `limit`; its next point is noted
    from `note_from` on, the next one that comes if that is None; below `note_below` it contradicts
    what is known of it.  `awaits`: something is to be told of a time after which the counter has
    not been heard so far.
    """

    trail: Trail = Trail()
    read: bool = False
    looked_at: datetime | None = None
    due: datetime | None = None
    limit: float | None = None
    note_from: float | None = None
    note_below: float | None = None
    awaits: bool = False

    def is_due(self, clock: datetime) -> bool:
        """Whether time alone may have changed what is found."""
        return self.due is not None and self.due <= clock

    def wakes(self, clock: datetime, counter: float | None) -> bool:
        """Whether a signal changes anything; asked for each minute of each asset."""
        if not self.read or self.is_due(clock):
            return True
        if counter is None:
            return False
        if self.note_from is None or self.trail.doubt is not None or counter >= self.note_from:
            return True
        return self.note_below is None or counter < self.note_below  # None: of a state of before

    def noting(self, trail: Trail, usage: Usage) -> "Terms":
        """With the trail as it goes on; to be looked at if what was known of it is so no more."""
        newest = self.trail.newest
        same = newest is None or trail.at(newest.time) == (newest.value, newest.value)
        return replace(self, trail=trail, read=self.read and same).noting_by(usage)

    def is_settled(self, clock: datetime) -> bool:
        """Whether nothing but the counter's trail has changed."""
        if not self.read or self.awaits or self.is_due(clock):
            return False
        newest = self.trail.newest
        return self.limit is None or newest is None or newest.value <= self.limit

    def noting_by(self, usage: Usage) -> "Terms":
        """With the values from which on and below which the next one is noted."""
        newest = self.trail.newest
        if newest is None or self.awaits:
            return replace(self, note_from=None, note_below=None)
        step_on = newest.value + usage.step
        limit = step_on if self.limit is None else self.limit
        below = newest.value - usage.step
        return replace(self, note_from=min(step_on, limit), note_below=below)
