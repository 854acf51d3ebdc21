"""An asset's history as a pure function of the set of its facts, in whatever order they came.

Corrections first (who is replaced, who is retracted), then the chart, instant by instant.  Facts of
one instant are taken in whichever order the chart allows, earlier recorded first; what it does not
allow in any order is quarantined.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple, get_args

from msgspec.structs import replace

from schemas.fact import Fact, FactKind
from schemas.transition import Region, Standing, Transition
from services.domain.lifecycle_chart import (
    CLEAR,
    CONSEQUENCES,
    INERT,
    LEASE_OPEN,
    MOVES,
    OVERLAY_ENDS,
    OVERLAYS,
    RENT,
    RESUME,
    WITHIN_LEASE,
    Move,
    Regions,
    objection,
    region_of,
)
from services.domain.lifecycle_corrections import believed

_RANK = {kind: rank for rank, kind in enumerate(get_args(FactKind))}


class History(NamedTuple):
    """The regions after all facts and the entries that led there, quarantined ones included.

    An entry's id is empty and its cause is its fact: both are given when it is first told.
    """

    regions: Regions
    entries: tuple[Transition, ...]


def fold(facts: Collection[Fact], until: datetime | None = None) -> History:
    """The history of `facts`; with `until`, of those that were true by then."""
    kept, refused = believed(facts)
    entries = [_quarantined(Regions(), fact, reason) for fact, reason in refused]
    regions = Regions()
    ordered = sorted(kept, key=lambda f: (f.valid_from, f.recorded_at, _RANK[f.kind], f.id))
    for instant, together in groupby(ordered, key=lambda f: f.valid_from):
        if until is not None and instant > until:
            break
        regions, made = _take(regions, list(together))
        entries += made
    return History(regions, tuple(entries))


def append(regions: Regions, fact: Fact) -> tuple[Regions, list[Transition]]:
    """As `fold`, for one more fact that is later than all the others and corrects none of them."""
    return _take(regions, [fact])


def _take(regions: Regions, pending: list[Fact]) -> tuple[Regions, list[Transition]]:
    entries: list[Transition] = []
    while pending:
        fitting = next((fact for fact in pending if objection(regions, fact) is None), None)
        if fitting is None:
            break
        pending.remove(fitting)
        regions, made = _apply(regions, fitting)
        entries += made
    entries += [_quarantined(regions, fact, objection(regions, fact)) for fact in pending]
    return regions, entries


def _apply(regions: Regions, fact: Fact) -> tuple[Regions, list[Transition]]:
    """The regions after a fact that the chart allows, and the transitions it makes."""
    if fact.kind in INERT:
        return regions, []
    after = replace(regions, since=fact.valid_from)
    if fact.kind in OVERLAYS or fact.kind in OVERLAY_ENDS:
        return _apply_overlay(after, fact)
    after = _with_terms(after, fact)
    steps: list[tuple[Region, str, str]] = []
    if fact.kind in WITHIN_LEASE:
        steps.append(("contract", regions.contract, regions.contract))
    for move in _moves(fact.kind):
        state = after.state(move.region)
        if state in move.sources:
            target = _target(move, after)
            after = replace(after, **{move.region: target})
            steps.append((move.region, state, target))
    party = after if after.lease else regions
    made = [_entry(fact, party, region, a, b) for region, a, b in steps]
    if regions.contract in LEASE_OPEN | {"COMMITTED"} and after.contract == "OFF_LEASE":
        after = replace(after, lease=None, lessee=None, lease_until=None, charterer=None)
    return after, made


def _moves(kind: str) -> Iterable[Move]:
    if kind in MOVES:
        yield MOVES[kind]
    yield from CONSEQUENCES.get(kind, ())


def _target(move: Move, regions: Regions) -> str:
    if move.target != RESUME:
        return move.target
    return "EMPLOYED" if regions.leased else "NOT_EMPLOYED"


def _with_terms(regions: Regions, fact: Fact) -> Regions:
    """The lease's terms as the fact states them: parties, planned end, rent."""
    if fact.kind == "lease_signed":
        return replace(regions, lease=fact.lease or fact.id, lessee=fact.lessee,
                       lease_until=fact.until, charterer=None, rent="NONE")  # fmt: skip
    if fact.kind == "delivered":
        return replace(regions, lessee=fact.lessee or regions.lessee,
                       lease_until=fact.until or regions.lease_until)  # fmt: skip
    if fact.kind == "lease_amended":
        return replace(regions, lease_until=fact.until or regions.lease_until)
    if fact.kind == "subchartered":
        return replace(regions, charterer=fact.charterer)
    if fact.kind == "subcharter_ended":
        return replace(regions, charterer=None)
    return replace(regions, rent=RENT.get(fact.kind, regions.rent))


def _apply_overlay(regions: Regions, fact: Fact) -> tuple[Regions, list[Transition]]:
    if fact.kind in OVERLAYS:
        begun = OVERLAYS[fact.kind]
        after = replace(regions, overlays=tuple(sorted({*regions.overlays, begun})))
        return after, [_entry(fact, regions, "overlay", CLEAR, begun)]
    ended = [o for o in OVERLAY_ENDS[fact.kind] if o in regions.overlays]
    after = replace(regions, overlays=tuple(o for o in regions.overlays if o not in ended))
    return after, [_entry(fact, regions, "overlay", overlay, CLEAR) for overlay in ended]


def _quarantined(regions: Regions, fact: Fact, reason: str | None) -> Transition:
    region = region_of(fact.kind)
    state = CLEAR if region == "overlay" else regions.state(region)
    target = MOVES[fact.kind].target if fact.kind in MOVES else fact.kind.upper()
    return _entry(fact, regions, region, state, target, "quarantined", reason)


def _entry(
    fact: Fact, party: Regions, region: Region, from_state: str, to_state: str,
    standing: Standing = "in_force", reason: str | None = None,
) -> Transition:  # fmt: skip
    """One entry; the parties are those of the lease that the fact begins, is about or ends."""
    actor = fact.details.get("confirmed_by")
    return Transition(
        id="",
        cause=fact.id,
        asset=fact.asset,
        asset_class=fact.asset_class,
        region=region,
        from_state=from_state,
        to_state=to_state,
        valid_from=fact.valid_from,
        recorded_at=fact.recorded_at,
        source=fact.source,
        standing=standing,
        actor=None if actor is None else str(actor),
        reason=reason,
        document=fact.document,
        lease=party.lease or fact.lease,
        lessee=party.lessee or fact.lessee,
        charterer=party.charterer or fact.charterer,
        place=fact.place,
        details={**fact.details, "fact": fact.id},
    )


def content(entry: Transition) -> str:
    """What an entry says, whoever told it and whenever: two histories are equal if these are."""
    return entry.model_dump_json(exclude={"id", "cause", "recorded_at"}, exclude_none=True)


def compare(
    old: Sequence[Transition], new: Sequence[Transition]
) -> tuple[list[Transition], list[Transition]]:
    """(entries of `old` that are no longer true, entries of `new` that are newly so)."""
    was, now = {content(e) for e in old}, {content(e) for e in new}
    gone = [entry for entry in old if content(entry) not in now]
    come = [entry for entry in new if content(entry) not in was]
    return gone, come
