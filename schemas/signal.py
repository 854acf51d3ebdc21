"""`signals`: what the monitor concluded, each with the evidence it concluded it from."""

from typing import Literal

from pydantic import Field

from schemas.messages import AssetId, Id, Latitude, Longitude, Message, Name, Text, UtcTime

SignalKind = Literal[
    "movement_changed",
    "trip_began", "trip_ended",
    "zone_entered", "zone_left",
    "silence_began", "silence_continues", "silence_ended",
    "overspeed_began", "overspeed_ended",
    "reading_flagged",
    "data_fault_began", "data_fault_ended",
    "anomaly_began", "anomaly_ended",
    "drift_began", "drift_ended",
    "minute_summary",
]  # fmt: skip


class Signal(Message):
    """One conclusion.  `id` is a pure function of its cause: `<telemetry record>-<n>`."""

    id: Id
    cause: Id = Field(description="the record that led to it: telemetry-PARTITION-OFFSET")
    asset: AssetId
    asset_class: Name
    source: Name
    kind: SignalKind
    time: UtcTime = Field(description="event time of what is concluded")
    ingest_time: UtcTime = Field(description="the feed's clock when it was concluded")
    lat: Latitude | None = None
    lon: Longitude | None = None
    detector: Name | None = Field(default=None, description="name/version")
    channel: Name | None = None
    flaw: Name | None = Field(default=None, description="data faults: impossible, late, jump, ...")
    zone: Name | None = None
    zone_kind: Name | None = None
    from_state: Name | None = None
    to_state: Name | None = None
    value: float | None = None
    threshold: float | None = None
    score: float | None = None
    evidence: dict[Name, float | Text] = Field(default_factory=dict)
