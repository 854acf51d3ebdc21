"""`facts`: what somebody declared about an asset's life or contract, with a document to show."""

from typing import Literal

from pydantic import Field

from schemas.messages import AssetId, Message, UtcTime

FactKind = Literal[
    # build and title
    "registered", "ordered", "construction_started", "built", "accepted",
    "sale_agreed", "sold", "retired", "scrapped", "total_loss", "cancelled",
    # contract
    "lease_signed", "delivered", "lease_amended", "subchartered", "subcharter_ended",
    "redelivery_notice", "redelivery_started", "redelivered", "rent_paid", "rent_overdue",
    "default_declared", "default_cured", "repossession_started", "repossessed",
    # employment
    "employed", "off_hire", "on_hire", "maintenance_started", "maintenance_ended",
    "laid_up", "reactivated",
    # overlays
    "arrested", "detained", "released", "casualty", "casualty_closed",
    # no change of state
    "surveyed", "particulars", "utilisation_declared", "insured",
    # corrections
    "retracted",
]  # fmt: skip


class Fact(Message):
    """One declared fact.  A correction is a new fact that names the one it supersedes."""

    id: str = Field(min_length=1, max_length=128)
    asset: AssetId
    asset_class: str = Field(min_length=1)
    kind: FactKind
    valid_from: UtcTime = Field(description="when it became true in the world")
    recorded_at: UtcTime = Field(description="when the line was told")
    source: str = Field(min_length=1, description="who declared it: registry, contract desk, AIS")
    document: str | None = Field(default=None, description="reference of the paper that proves it")
    lease: str | None = None
    lessee: str | None = None
    charterer: str | None = None
    counterparty: str | None = Field(default=None, description="builder, buyer, yard, authority")
    place: str | None = None
    until: UtcTime | None = Field(
        default=None, description="planned end: of the lease, the stay, the cover"
    )
    name: str | None = Field(default=None, description="the asset's name as declared")
    supersedes: str | None = Field(default=None, description="id of the fact this one corrects")
    details: dict[str, str | float] = Field(default_factory=dict)
