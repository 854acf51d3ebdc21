"""The lifecycle statechart as data: which declared fact moves which region from where to where.

Four regions follow from facts and run side by side: title (whose it is and in what stage of its
life), contract (the lease), employment (what it is used for) and overlays (arrest, detention,
casualty), any number at a time.  Movement and visibility follow from telemetry and are not here.
A fact that its row does not allow is quarantined with the reason; nothing else is ever refused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from schemas.fact import Fact
from schemas.transition import Region

RESUME = "RESUME"
"""A target that depends on the lease: EMPLOYED while one is open, else NOT_EMPLOYED."""

ENDED = frozenset({"SOLD", "SCRAPPED", "TOTAL_LOSS", "CANCELLED"})
LEASE_OPEN = frozenset({"ON_LEASE", "REDELIVERY_DUE", "REDELIVERING", "DEFAULT", "REPOSSESSING"})
_ALIVE = frozenset({
    "NONE", "ORDERED", "UNDER_CONSTRUCTION", "BUILT", "ACCEPTED", "SALE_AGREED", "RETIRED",
})  # fmt: skip
_LEASED = frozenset({"ON_LEASE", "REDELIVERY_DUE", "REDELIVERING"})
_USABLE = frozenset({"NOT_EMPLOYED", "EMPLOYED", "IDLE", "OUT_OF_SERVICE"})


class Regions(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an asset stands after its facts; `since`: when the last that moves any became true."""

    title: str = "NONE"
    contract: str = "NONE"
    employment: str = "NOT_EMPLOYED"
    overlays: tuple[str, ...] = ()
    rent: str = "NONE"
    lease: str | None = None
    lessee: str | None = None
    lease_until: datetime | None = None
    charterer: str | None = None
    since: datetime | None = None

    @property
    def leased(self) -> bool:
        """Whether a lease is open: delivered and neither redelivered nor repossessed."""
        return self.contract in LEASE_OPEN

    def state(self, region: str) -> str:
        """The state of one of the regions that have exactly one."""
        return str(getattr(self, region))


class Move(NamedTuple):
    """From any of `sources` to `target`."""

    region: Region
    sources: frozenset[str]
    target: str


def _moves(region: Region, rows: Mapping[str, tuple[frozenset[str], str]]) -> dict[str, Move]:
    return {kind: Move(region, sources, target) for kind, (sources, target) in rows.items()}


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


MOVES: Mapping[str, Move] = {
    **_moves("title", {
        "ordered": (_from("NONE"), "ORDERED"),
        "construction_started": (_from("ORDERED"), "UNDER_CONSTRUCTION"),
        "built": (_from("UNDER_CONSTRUCTION"), "BUILT"),
        "accepted": (_from("NONE", "BUILT"), "ACCEPTED"),  # NONE: bought second-hand
        "sale_agreed": (_ALIVE - {"NONE", "SALE_AGREED"}, "SALE_AGREED"),
        "sold": (_from("SALE_AGREED"), "SOLD"),
        "retired": (_from("BUILT", "ACCEPTED", "SALE_AGREED"), "RETIRED"),
        "scrapped": (_from("RETIRED"), "SCRAPPED"),
        "total_loss": (_ALIVE, "TOTAL_LOSS"),
        "cancelled": (_from("ORDERED", "UNDER_CONSTRUCTION", "BUILT"), "CANCELLED"),
    }),
    **_moves("contract", {
        "lease_signed": (_from("NONE", "OFF_LEASE"), "COMMITTED"),
        "delivered": (_from("COMMITTED"), "ON_LEASE"),
        "redelivery_notice": (_from("ON_LEASE"), "REDELIVERY_DUE"),
        "redelivery_started": (_from("ON_LEASE", "REDELIVERY_DUE"), "REDELIVERING"),
        "redelivered": (_LEASED, "OFF_LEASE"),
        "default_declared": (_LEASED, "DEFAULT"),
        "default_cured": (_from("DEFAULT"), "ON_LEASE"),
        "repossession_started": (_from("DEFAULT"), "REPOSSESSING"),
        "repossessed": (_from("DEFAULT", "REPOSSESSING"), "OFF_LEASE"),
    }),
    **_moves("employment", {
        "employed": (_from("NOT_EMPLOYED", "IDLE", "STORED"), "EMPLOYED"),
        "off_hire": (_from("EMPLOYED", "IDLE"), "OUT_OF_SERVICE"),
        "on_hire": (_from("OUT_OF_SERVICE"), RESUME),
        "maintenance_started": (_USABLE | {"STORED"}, "MAINTENANCE"),
        "maintenance_ended": (_from("MAINTENANCE"), RESUME),
        "laid_up": (_USABLE, "STORED"),
        "reactivated": (_from("STORED"), RESUME),
    }),
}  # fmt: skip
"""The one region that each kind of fact is about."""

_LEASE_ENDS = Move("contract", LEASE_OPEN | {"COMMITTED"}, "OFF_LEASE")
_WORK_ENDS = Move("employment", _from("EMPLOYED", "IDLE", "OUT_OF_SERVICE"), "NOT_EMPLOYED")
_ALL_WORK_ENDS = Move("employment", _USABLE - {"NOT_EMPLOYED"} | {"MAINTENANCE", "STORED"},
                      "NOT_EMPLOYED")  # fmt: skip

CONSEQUENCES: Mapping[str, tuple[Move, ...]] = {
    "delivered": (Move("employment", _from("NOT_EMPLOYED", "IDLE"), "EMPLOYED"),),
    "redelivered": (_WORK_ENDS,),
    "repossessed": (_WORK_ENDS,),
    "sold": (_LEASE_ENDS, _ALL_WORK_ENDS),
    "scrapped": (_LEASE_ENDS, _ALL_WORK_ENDS),
    "total_loss": (_LEASE_ENDS, _ALL_WORK_ENDS),
    "cancelled": (_LEASE_ENDS, _ALL_WORK_ENDS),
}
"""What a fact does to the other regions, where their state lets it; never a reason to refuse it."""

OVERLAYS: Mapping[str, str] = {
    "arrested": "ARRESTED",
    "detained": "DETAINED",
    "casualty": "CASUALTY",
}
OVERLAY_ENDS: Mapping[str, tuple[str, ...]] = {
    "released": ("ARRESTED", "DETAINED"),
    "casualty_closed": ("CASUALTY",),
}
CLEAR = "CLEAR"
INERT = frozenset({"registered", "surveyed", "particulars", "utilisation_declared", "insured"})
"""Facts that move no region, whenever they come."""
WITHIN_LEASE = frozenset({"subchartered", "subcharter_ended", "lease_amended"})
"""Facts about terms of the open lease, which stays as it is."""
RENT: Mapping[str, str] = {"rent_paid": "PAID", "rent_overdue": "OVERDUE"}


def region_of(kind: str) -> Region:
    """The region that a kind of fact is about; `title` for those that change no state."""
    if kind in OVERLAYS or kind in OVERLAY_ENDS:
        return "overlay"
    if kind in WITHIN_LEASE or kind in RENT or kind == "retracted":
        return "contract"
    return MOVES[kind].region if kind in MOVES else "title"


def objection(regions: Regions, fact: Fact) -> str | None:
    """Why the chart does not allow `fact` here, in one sentence; None when it does."""
    region = region_of(fact.kind)
    if region == "overlay":
        return _overlay_objection(regions, fact.kind)
    if fact.kind in WITHIN_LEASE:
        return _terms_objection(regions, fact) or _lease_objection(regions, fact)
    move = MOVES.get(fact.kind)
    if move is None:
        return None
    if regions.title in ENDED:
        return f"{fact.kind} is not allowed: the asset is {regions.title}"
    if regions.state(region) not in move.sources:
        return f"{fact.kind} is not allowed while {region} is {regions.state(region)}"
    if fact.kind == "delivered" and regions.title not in ("ACCEPTED", "SALE_AGREED"):
        return f"delivered on lease before acceptance: title is {regions.title}"
    return _lease_objection(regions, fact) if region == "contract" else None


def _overlay_objection(regions: Regions, kind: str) -> str | None:
    if kind in OVERLAYS:
        overlay = OVERLAYS[kind]
        return f"{kind} is told again: {overlay} is open" if overlay in regions.overlays else None
    ends = OVERLAY_ENDS[kind]
    if any(overlay in regions.overlays for overlay in ends):
        return None
    return f"{kind} ends nothing: neither of {', '.join(ends)} is open"


def _lease_objection(regions: Regions, fact: Fact) -> str | None:
    if fact.kind == "lease_signed" or fact.lease in (None, regions.lease):
        return None
    return f"{fact.kind} names lease {fact.lease}, but {regions.lease} is in force"


def _terms_objection(regions: Regions, fact: Fact) -> str | None:
    if regions.contract not in LEASE_OPEN:
        return f"{fact.kind} needs an open head lease, but contract is {regions.contract}"
    return None if fact.kind == "lease_amended" else _subcharter_objection(regions, fact)


def _subcharter_objection(regions: Regions, fact: Fact) -> str | None:
    if fact.kind == "subcharter_ended":
        return None if regions.charterer else "subcharter_ended ends nothing: none is open"
    if not fact.charterer:
        return "subchartered names no charterer"
    if regions.charterer:
        return f"subchartered while the sub-charter to {regions.charterer} is open"
    if fact.until and regions.lease_until and fact.until > regions.lease_until:
        return "the sub-charter would outlive its head lease"
    return None
