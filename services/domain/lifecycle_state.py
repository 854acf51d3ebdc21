"""The state of one asset's life, as it stands in the compacted topic `lifecycle-state`.

Facts are kept as told: the history is folded from them anew when one comes.  Of those that move
nothing, which a ship may tell every six minutes for ever, only the newest are kept, of alerts only
the open ones and those resolved while their condition stands (the newest of the others have records
of their own), of commands only the last ids; the topics and the database have them all.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache

import msgspec
from msgspec.structs import replace
from pydantic import ValidationError

from schemas import ASSET_CLASSES, Fact, Message, Transition
from schemas.asset_classes.model import Usage
from schemas.messages import clamp
from services.domain.alert_book import Alert, Holder
from services.domain.lifecycle_chart import INERT, RENT, Regions
from services.domain.lifecycle_fold import fold
from services.domain.terms import kept
from services.domain.terms.state import Terms


class Stay(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stay in a zone that may lead to a proposal; `rests_since` None while the asset moves."""

    zone: str
    kind: str
    name: str
    rests_since: datetime | None = None
    proposed: bool = False


class _FactHead(msgspec.Struct):
    id: str
    kind: str
    source: str
    valid_from: datetime
    supersedes: str | None = None
    lease: str | None = None


class _EntryHead(msgspec.Struct):
    valid_from: datetime
    standing: str = "in_force"
    details: dict[str, str | float] = {}


_read_entry = msgspec.json.Decoder(_EntryHead).decode
_read_head = msgspec.json.Decoder(_FactHead).decode


class AssetLife(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that the lifecycle service knows of one asset; a value, JSON by msgspec.

    `facts` and `told` (the transitions that are in force or quarantined, as published) hold JSON:
    they are only read when a fact comes, and are written with every change.  Facts valid after
    `until`, as far as time is known to have come, wait: the first of them is `due` then.
    """

    asset: str
    asset_class: str = ""
    facts: tuple[msgspec.Raw, ...] = ()
    told: tuple[msgspec.Raw, ...] = ()
    until: datetime | None = None
    due: datetime | None = None
    regions: Regions = Regions()
    movement: str | None = None
    obscured: tuple[str, ...] = ()
    stay: Stay | None = None
    alerts: dict[str, Alert] = msgspec.field(default_factory=dict)
    rules_holding: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    terms: Terms = Terms()

    @property
    def visibility(self) -> str:
        """`VISIBLE`, or the first of the conditions that hinder it."""
        return self.obscured[0] if self.obscured else "VISIBLE"

    @property
    def awaits_minutes(self) -> bool:
        """Whether the passing of time alone may lead to something: a proposal, a fact due, an alert
        that was resolved while its condition stands."""
        if self.due is not None or (self.stay is not None and not self.stay.proposed):
            return True
        return self.may_fire_again

    @property
    def may_fire_again(self) -> bool:
        """Whether an alert was resolved while its condition stands."""
        return any(alert.fires_again_at is not None for alert in self.alerts.values())

    @property
    def is_known(self) -> bool:
        """Whether a fact or a signal has told of the asset; commands and quiet signals do not."""
        return self.asset_class != ""

    def read_facts(self) -> list[Fact]:
        """The facts as models."""
        return [Fact.model_validate_json(bytes(fact)) for fact in self.facts]

    @property
    def usage(self) -> Usage | None:
        """How leases of its class are settled."""
        described = ASSET_CLASSES.get(self.asset_class)
        return described.usage if described else None

    def counter(self, evidence: Mapping[str, float | str]) -> float | None:
        """The value of the counter that leases are settled by, if a minute's summary tells it."""
        value = evidence.get(self.usage.counter) if self.usage else None
        return value if isinstance(value, float) else None

    def read_facts_of(self, kinds: Collection[str]) -> list[Fact]:
        """The facts of some kinds, of rents those of the lease in force, and all that correct or
        are corrected: enough to tell which of those kinds are believed.
        """
        heads = [_read_head(raw) for raw in self.facts]
        uses = Counter(head.id for head in heads) + Counter(head.supersedes for head in heads)
        return [
            Fact.model_validate_json(bytes(raw))
            for raw, head in zip(self.facts, heads, strict=True)
            if uses[head.id] > 1
            or head.supersedes is not None
            or (head.kind in kinds and not self._is_past_rent(head))
        ]

    def _is_past_rent(self, head: _FactHead) -> bool:
        return head.kind in RENT and head.lease not in (None, self.regions.lease)

    def readable(self) -> "AssetLife":
        """Itself, or with the facts and entries as the models take them now.

        A time beyond the bounds is taken to the bound; what is unreadable all the same goes.
        """
        facts, told = _readable(Fact, self.facts), _readable(Transition, self.told)
        if (facts, told) == (self.facts, self.told):
            return self
        return replace(self, facts=facts, told=told)

    def is_free(self, fact: Fact) -> bool:
        """Whether `fact` is told for the first time, corrects none and is corrected by none."""
        if fact.kind == "retracted" or fact.supersedes is not None:
            return False
        heads = map(_read_head, self.facts)
        return all(fact.id not in (head.id, head.supersedes) for head in heads)

    def keeps(self, id: str) -> bool:
        """Whether a fact of that id is kept."""
        return any(_read_head(raw).id == id for raw in self.facts)

    def is_last(self, fact: Fact) -> bool:
        """Whether `fact` is later than all the others that may move a region."""
        heads = map(_read_head, self.facts)
        return all(head.valid_from < fact.valid_from for head in heads if head.kind not in INERT)

    def is_due(self, time: datetime) -> bool:
        """Whether a fact that was declared ahead of its time takes effect at `time`."""
        return self.due is not None and self.due <= time

    def next_due(self) -> datetime | None:
        """When the first of the facts after `until` takes effect."""
        heads = [head for head in map(_read_head, self.facts) if head.kind not in INERT]
        ahead = [h.valid_from for h in heads if self.until and h.valid_from > self.until]
        return min(ahead, default=None)

    def facts_with(self, fact: Fact) -> tuple[msgspec.Raw, ...]:
        """The facts and one more, less the oldest like it if it moves nothing: see `terms.kept`."""
        facts = (*self.facts, msgspec.Raw(fact.to_json()))
        if fact.kind not in INERT:
            return facts
        heads = [_read_head(raw) for raw in facts]
        uses = Counter(head.id for head in heads) + Counter(head.supersedes for head in heads)
        alike = {
            place: (head.valid_from, head.id, place)
            for place, head in enumerate(heads)
            if (head.kind, head.source) == (fact.kind, fact.source)
            if head.supersedes is None and uses[head.id] == 1
        }
        dropped = set(sorted(alike, key=alike.__getitem__)[: -kept.NEWEST])
        if dropped and fact.kind in kept.OF_TERMS:
            dropped = kept.surplus(fact.kind, {place: facts[place] for place in alike})
        return tuple(raw for place, raw in enumerate(facts) if place not in dropped)

    def read_told(self) -> list[Transition]:
        """The published history as it stands: withdrawn entries are not in it."""
        return [Transition.model_validate_json(bytes(entry)) for entry in self.told]

    def without_quarantined(self, facts: Sequence[Fact]) -> list[Fact]:
        """The facts less those that the chart does not allow."""
        told = [_read_entry(raw) for raw in self.told if b'"quarantined"' in bytes(raw)]
        refused = [(e.valid_from, e.details) for e in told if e.standing == "quarantined"]
        return [
            fact
            for fact in facts
            if (fact.valid_from, {**fact.details, "fact": fact.id}) not in refused
        ]

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


_TIMES = ("valid_from", "recorded_at", "until")


def _readable(model: type[Message], told: tuple[msgspec.Raw, ...]) -> tuple[msgspec.Raw, ...]:
    read = []
    for raw in told:
        try:
            model.model_validate_json(bytes(raw))
            read.append(raw)
        except ValidationError:
            known = msgspec.json.decode(raw)
            try:
                times = {n: clamp(datetime.fromisoformat(known[n])) for n in _TIMES if n in known}
                read.append(msgspec.Raw(model.model_validate({**known, **times}).to_json()))
            except (ValueError, TypeError):
                continue
    return tuple(read)


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
