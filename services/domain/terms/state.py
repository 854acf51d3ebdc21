"""What an asset's life keeps of its terms: its counter, and when they are to be looked at again."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from schemas.asset_classes.model import Usage
from services.domain.terms.trail import Trail


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """`read`: looked at since the last fact, at `looked_at` by the asset's clock.

    To be looked at again at `due`, and when the counter is beyond `limit`; its next point is noted
    from `note_from` on, the next one that comes if that is None.  `awaits`: something is to be told
    of a time after which the counter has not been heard so far.
    """

    trail: Trail = Trail()
    read: bool = False
    looked_at: datetime | None = None
    due: datetime | None = None
    limit: float | None = None
    note_from: float | None = None
    awaits: bool = False

    def wakes(self, clock: datetime, counter: float | None) -> bool:
        """Whether a signal changes anything; asked for each minute of each asset."""
        if not self.read or (self.due is not None and self.due <= clock):
            return True
        return counter is not None and (self.note_from is None or counter >= self.note_from)

    def is_settled(self, clock: datetime) -> bool:
        """Whether nothing but the counter's trail has changed."""
        if not self.read or self.awaits or (self.due is not None and self.due <= clock):
            return False
        newest = self.trail.newest
        return self.limit is None or newest is None or newest.value <= self.limit

    def noting_by(self, usage: Usage) -> "Terms":
        """With the value from which on the next point is noted."""
        newest = self.trail.newest
        if newest is None or self.awaits:
            return replace(self, note_from=None)
        step_on = newest.value + usage.step
        limit = step_on if self.limit is None else self.limit
        return replace(self, note_from=min(step_on, limit))
