"""`transitions`: one change of one lifecycle region of one asset, valid from and recorded at."""

from typing import Literal

from pydantic import Field

from schemas.messages import AssetId, Id, Message, Name, Text, UtcTime

Region = Literal["title", "contract", "employment", "movement", "visibility", "overlay"]
Standing = Literal["in_force", "quarantined", "withdrawn"]


class Transition(Message):
    """One entry of the asset's history; never updated, only superseded.

    `withdrawn` takes back the transition named by `supersedes`; `quarantined` is a fact that the
    statechart does not allow, kept visible with the reason.
    """

    id: Id
    cause: Id = Field(
        description="id of the fact, signal or command; `<signal>/due` where a fact declared ahead "
        "(`details.fact`) took effect with the asset's first signal at or after `valid_from`"
    )
    asset: AssetId
    asset_class: Name
    region: Region
    from_state: Name
    to_state: Name
    valid_from: UtcTime
    recorded_at: UtcTime
    source: Name
    standing: Standing = "in_force"
    supersedes: Id | None = None
    actor: Name | None = None
    reason: str | None = None
    document: Name | None = None
    confidence: int | None = Field(default=None, ge=1, le=4)
    lease: Name | None = None
    lessee: Name | None = None
    charterer: Name | None = None
    place: Name | None = None
    details: dict[Name, Text | float] = Field(default_factory=dict)
