"""`facts`: what somebody declared about an asset's life or contract, with a document to show."""

from typing import Literal

from pydantic import Field

from schemas.messages import AssetId, Message, Name, Text, UtcTime

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

    id: Name
    asset: AssetId
    asset_class: Name
    kind: FactKind
    valid_from: UtcTime = Field(description="when it became true in the world")
    recorded_at: UtcTime = Field(description="when the line was told")
    source: Name = Field(description="who declared it: registry, contract desk, AIS")
    document: Name | None = Field(default=None, description="reference of the paper that proves it")
    lease: Name | None = None
    lessee: Name | None = None
    charterer: Name | None = None
    counterparty: Name | None = Field(default=None, description="builder, buyer, yard, authority")
    place: Name | None = None
    until: UtcTime | None = Field(
        default=None, description="planned end: of the lease, the stay, the cover"
    )
    name: Name | None = Field(default=None, description="the asset's name as declared")
    supersedes: Name | None = Field(default=None, description="id of the fact this one corrects")
    details: dict[Name, Text | float] = Field(default_factory=dict)
