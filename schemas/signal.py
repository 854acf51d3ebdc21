"""`signals`: what the monitor concluded, each with the evidence it concluded it from."""

from typing import Literal

from pydantic import Field

from schemas.messages import AssetId, Latitude, Longitude, Message, UtcTime

SignalKind = Literal[
    "movement_changed",
    "trip_began", "trip_ended",
    "zone_entered", "zone_left",
    "silence_began", "silence_ended",
    "overspeed_began", "overspeed_ended",
    "reading_flagged",
    "data_fault_began", "data_fault_ended",
    "anomaly_began", "anomaly_ended",
    "drift_began", "drift_ended",
    "minute_summary",
]  # fmt: skip


class Signal(Message):
    """One conclusion.  `id` is a pure function of its cause: `<telemetry record>-<n>`."""

    id: str
    cause: str = Field(description="the record that led to it: telemetry-PARTITION-OFFSET")
    asset: AssetId
    asset_class: str
    source: str
    kind: SignalKind
    time: UtcTime = Field(description="event time of what is concluded")
    ingest_time: UtcTime = Field(description="the feed's clock when it was concluded")
    lat: Latitude | None = None
    lon: Longitude | None = None
    detector: str | None = Field(default=None, description="name/version")
    channel: str | None = None
    flaw: str | None = Field(default=None, description="data faults: impossible, late, jump, ...")
    zone: str | None = None
    zone_kind: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    value: float | None = None
    threshold: float | None = None
    score: float | None = None
    evidence: dict[str, float | str] = Field(default_factory=dict)
