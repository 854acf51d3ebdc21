"""The state of one asset's life, as it stands in the compacted topic `lifecycle-state`.

Facts are kept as told, for ever: the history is folded from them anew when one comes.  Of alerts
only the open ones are kept, of commands only the last ids.
"""

from datetime import datetime
from functools import cache

import msgspec

from schemas import ASSET_CLASSES, Fact, Transition
from services.domain.alert_book import Alert, Holder
from services.domain.lifecycle_chart import Regions
from services.domain.lifecycle_fold import fold


class Stay(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stay in a zone that may lead to a proposal; `rests_since` None while the asset moves."""

    zone: str
    kind: str
    name: str
    rests_since: datetime | None = None
    proposed: bool = False


class _FactHead(msgspec.Struct):
    id: str
    valid_from: datetime
    supersedes: str | None = None


_read_head = msgspec.json.Decoder(_FactHead).decode


class AssetLife(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that the lifecycle service knows of one asset; a value, JSON by msgspec.

    `facts` and `told` (the transitions that are in force or quarantined, as published) hold JSON:
    they are only read when a fact comes, and are written with every change.
    """

    asset: str
    asset_class: str = ""
    facts: tuple[msgspec.Raw, ...] = ()
    told: tuple[msgspec.Raw, ...] = ()
    regions: Regions = Regions()
    movement: str | None = None
    obscured: tuple[str, ...] = ()
    stay: Stay | None = None
    alerts: dict[str, Alert] = msgspec.field(default_factory=dict)
    standing: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def visibility(self) -> str:
        """`VISIBLE`, or the first of the conditions that hinder it."""
        return self.obscured[0] if self.obscured else "VISIBLE"

    @property
    def awaits_minutes(self) -> bool:
        """Whether the passing of time alone may lead to something: a rest that may be proposed."""
        return self.stay is not None and not self.stay.proposed

    def read_facts(self) -> list[Fact]:
        """The facts as models."""
        return [Fact.model_validate_json(bytes(fact)) for fact in self.facts]

    def is_next(self, fact: Fact) -> bool:
        """Whether `fact` is later than all the others, corrects none and is corrected by none."""
        if fact.kind == "retracted" or fact.supersedes is not None:
            return False
        return all(
            head.valid_from < fact.valid_from and fact.id not in (head.id, head.supersedes)
            for head in map(_read_head, self.facts)
        )

    def read_told(self) -> list[Transition]:
        """The published history as it stands: withdrawn entries are not in it."""
        return [Transition.model_validate_json(bytes(entry)) for entry in self.told]

    def regions_at(self, time: datetime) -> Regions:
        """The regions in force at `time`, by what is known now."""
        if self.regions.since is None or time >= self.regions.since:
            return self.regions
        return fold(self.read_facts(), until=time).regions

    def holder(self, regions: Regions) -> Holder:
        """Whose alert it is, with the lease of `regions`."""
        lease = regions.lease if regions.leased else None
        lessee = regions.lessee if regions.leased else None
        return Holder(self.asset, self.asset_class or "unknown", lease, lessee)


_decoder = msgspec.json.Decoder(AssetLife)


def encode(life: AssetLife) -> bytes:
    """One record of the state topic."""
    return msgspec.json.encode(life)


def decode(record: bytes) -> AssetLife:
    """The inverse of `encode`; raises msgspec.DecodeError on anything else."""
    return _decoder.decode(record)


@cache
def moving_states(asset_class: str) -> frozenset[str]:
    """The movement states in which assets of the class make way."""
    described = ASSET_CLASSES.get(asset_class)
    return described.moving_states if described else frozenset()
