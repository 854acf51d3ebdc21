"""What the API answers: one model a response; alerts are the schemas' own `AlertChange`."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from schemas import AlertChange, UtcTime
from schemas.alert import Severity
from services.domain.line_health import HealthState


class ErrorBody(BaseModel):
    """Why a request was not answered: a code for programs, a sentence for people."""

    code: str
    message: str


class Error(BaseModel):
    """The one shape of every answer that is not what was asked for."""

    error: ErrorBody


class AssetNow(BaseModel):
    """One asset as it is known now."""

    asset: str
    asset_class: str
    name: str | None = None
    lat: float | None = None
    lon: float | None = None
    course_deg: float | None = None
    speed: float | None = None
    speed_unit: str | None = None
    time: UtcTime | None = Field(default=None, description="event time of the newest reading")
    movement: str | None = None
    visibility: str | None = None
    lessee: str | None = None
    headline: str | None = None
    object_state: str | None = Field(default=None, description="the regulator's object state")


class FleetNow(BaseModel):
    """The event `fleet`: assets that have changed; alerts are events of their own."""

    assets: list[AssetNow]


class FleetAsset(AssetNow):
    """One asset as it is known now, with its open alerts."""

    open_alerts: int = 0
    worst_severity: str | None = None


class Fleet(BaseModel):
    """The fleet, or the part of it that was asked for."""

    assets: list[FleetAsset]


class RegionState(BaseModel):
    """The state of one lifecycle region and since when it holds."""

    state: str
    since: UtcTime
    source: str | None = None


class ChannelValue(BaseModel):
    """The newest value of one channel; `typical` is None when the class does not say."""

    name: str
    unit: str | None = None
    meaning: str | None = None
    value: float
    time: UtcTime | None = None
    typical: tuple[float, float] | None = None


class LastReading(BaseModel):
    """The newest value of every channel; each has a time of its own."""

    time: UtcTime | None = None
    ingest_time: UtcTime | None = None
    source: str | None = None
    position_time: UtcTime | None = None
    channels: list[ChannelValue] = []
    labels: dict[str, str] = {}


class LeaseInForce(BaseModel):
    """The lease that the asset is under."""

    lease: str | None = None
    lessee: str | None = None
    charterer: str | None = None
    since: UtcTime | None = None
    until: UtcTime | None = None


class AssetDetail(AssetNow):
    """One asset with its papers, regions, lease and newest values."""

    identity: dict[str, Any] = Field(default={}, description="particulars, newest declared value")
    regions: dict[str, RegionState] = {}
    lease: LeaseInForce | None = None
    reading: LastReading


class TrackGeometry(BaseModel):
    """A GeoJSON LineString; longitudes run on over the 180th meridian instead of jumping."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]]


class TrackProperties(BaseModel):
    """One time for each coordinate."""

    asset: str
    times: list[UtcTime]


class Track(BaseModel):
    """A GeoJSON Feature; without a geometry when there are fewer than two positions."""

    type: Literal["Feature"] = "Feature"
    geometry: TrackGeometry | None
    properties: TrackProperties


class LifeEntry(BaseModel):
    """A transition, or a fact that made none; `time` is when it became true."""

    id: str
    entry: Literal["transition", "fact"]
    time: UtcTime
    recorded_at: UtcTime
    region: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    kind: str | None = None
    cause: str | None = None
    lessee: str | None = None
    charterer: str | None = None
    lease: str | None = None
    counterparty: str | None = None
    place: str | None = None
    document: str | None = None
    standing: str = "in_force"
    reason: str | None = None
    source: str | None = None
    actor: str | None = None
    supersedes: str | None = None


class Life(BaseModel):
    """From the order to today."""

    entries: list[LifeEntry]


class AlertNow(AlertChange):
    """An alert as it stands after its newest change, with its rule's name for people."""

    title: str = Field(description="what is wrong, in words: the rule, and what it is about")
    awaiting_verdict: bool = Field(
        description="open, but only for want of a verdict: it has cleared and was acknowledged"
    )


class AlertCounts(BaseModel):
    """How many alerts there are in all, whatever the list was asked for.

    `open` are those in the queue; the silenced are not among them until their time has come.
    """

    open: int
    firing: int = Field(description="of the open ones")
    cleared: int = Field(description="of the open ones")
    awaiting_verdict: int = Field(description="of the open ones")
    silenced: int
    done: int
    by_severity: dict[Severity, int] = Field(description="of the open ones")


class Alerts(BaseModel):
    """A part of the alerts that were asked for, in their order, and how many there are."""

    alerts: list[AlertNow]
    total: int = Field(description="how many the filter finds, beyond `limit` too")
    counts: AlertCounts


class AlertChanges(BaseModel):
    """Everything that happened to one alert."""

    changes: list[AlertNow]


class Accepted(BaseModel):
    """The command is in Kafka; what becomes of it comes back as a change of the alert."""

    command: str = Field(description="id of the command: the change that answers it names it")


class ServicePartition(BaseModel):
    """One partition of one topic that a service reads, and whether it keeps up."""

    service: str
    partition: int
    topic: str
    state: HealthState
    offset: int | None = Field(description="next to read")
    behind: int | None = Field(description="offsets up to the topic's end")
    age_s: float | None = Field(description="since the last heartbeat")
    state_bytes: int
    expired_records: int = Field(description="deleted by the topic before they were read")
    detail: str = Field(description="one sentence for a person")


class Health(BaseModel):
    """Which of the servers answer, and how the services keep up; alerts are live while `kafka` is.

    Degraded when a server is away, or a service has ended or is stuck or stranded in a partition.
    """

    status: Literal["ok", "degraded"]
    database: bool
    kafka: bool
    time: datetime
    services: list[ServicePartition] = []


class Zones(BaseModel):
    """A GeoJSON FeatureCollection of polygons."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[dict[str, Any]]
