"""`transitions`: one change of one lifecycle region of one asset, valid from and recorded at."""

from typing import Literal

from pydantic import Field

from schemas.messages import AssetId, Message, UtcTime

Region = Literal["title", "contract", "employment", "movement", "visibility", "overlay"]
Standing = Literal["in_force", "quarantined", "withdrawn"]


class Transition(Message):
    """One entry of the asset's history; never updated, only superseded.

    `withdrawn` takes back the transition named by `supersedes`; `quarantined` is a fact that the
    statechart does not allow, kept visible with the reason.
    """

    id: str
    cause: str = Field(
        description="id of the fact, signal or command; `<signal>/due` where a fact declared ahead "
        "(`details.fact`) took effect with the asset's first signal at or after `valid_from`"
    )
    asset: AssetId
    asset_class: str
    region: Region
    from_state: str
    to_state: str
    valid_from: UtcTime
    recorded_at: UtcTime
    source: str
    standing: Standing = "in_force"
    supersedes: str | None = None
    actor: str | None = None
    reason: str | None = None
    document: str | None = None
    confidence: int | None = Field(default=None, ge=1, le=4)
    lease: str | None = None
    lessee: str | None = None
    charterer: str | None = None
    place: str | None = None
    details: dict[str, str | float] = Field(default_factory=dict)
