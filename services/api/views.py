"""Pure: rows of the database as answers of the API."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from schemas import ASSET_CLASSES, AlertChange, Fact
from schemas.alert import Severity
from schemas.asset_classes import Channel
from schemas.messages import EARLIEST, LATEST, clamp
from services.api.models import (
    AlertCounts,
    AlertNow,
    AssetDetail,
    AssetNow,
    ChannelValue,
    FleetAsset,
    LastReading,
    LeaseInForce,
    LifeEntry,
    RegionState,
    Track,
    TrackGeometry,
    TrackProperties,
)
from services.domain.alert_text import alert_title
from services.domain.lifecycle_corrections import believed, readable
from services.domain.lifecycle_views import headline, object_state

Row = Mapping[str, Any]

_PAPERS = frozenset({"registered", "ordered", "built", "particulars", "sold"})


Model = TypeVar("Model", bound=BaseModel)


def shown(model: type[Model], row: Row) -> Model:
    """A row as a model; one from before values had bounds as it stands, its times at the bounds."""
    try:
        return model.model_validate(row)
    except ValidationError:
        known = {name: row[name] for name in model.model_fields if name in row}
        return model.model_construct(
            None, **{name: clamp(v) if isinstance(v, datetime) else v for name, v in known.items()}
        )


def fleet_asset(row: Row) -> FleetAsset:
    """A row of the query `fleet`."""
    return shown(FleetAsset, {**row, **_derived(row)})


def asset_now(row: Row) -> AssetNow:
    """A row of the query `fleet` without its alerts."""
    return shown(AssetNow, {**row, **_derived(row)})


def _derived(row: Row) -> dict[str, Any]:
    known = ASSET_CLASSES.get(row["asset_class"])
    title, contract = row["title"] or "NONE", row["contract"] or "NONE"
    employment, visibility = row["employment"] or "", row["visibility"] or ""
    told = row["title"] or row["contract"]  # telemetry alone tells nothing of title or lease
    word = headline(title, contract, employment, visibility, row["overlays"]) if told else None
    return {
        "speed_unit": known and known.channel(known.speed_channel).unit,
        "headline": word or row["movement"],
        "object_state": object_state(title, contract),
    }


def asset_detail(
    row: Row, regions: Sequence[Row], lease: Row | None, facts: Sequence[Row]
) -> AssetDetail:
    """One asset out of the queries `asset`, `regions`, `lease` and `facts`."""
    states = {r["region"]: shown(RegionState, r) for r in regions}
    if "overlay" in states and row["overlays"]:
        states["overlay"].state = ", ".join(row["overlays"])
    return shown(
        AssetDetail,
        {
            **row,
            **_derived(row),
            "identity": _identity(readable(facts)),
            "regions": states,
            "lease": shown(LeaseInForce, {**row, **(lease or {})}) if lease else None,
            "reading": _last_reading(row),
        },
    )


def _identity(facts: Iterable[Fact]) -> dict[str, Any]:
    """Particulars as the newest paper that stands states them."""
    standing, _ = believed(list(facts))
    particulars: dict[str, Any] = {}
    for fact in sorted(standing, key=lambda fact: (fact.valid_from, fact.recorded_at)):
        if fact.kind in _PAPERS:
            particulars |= fact.details
    return particulars


def _last_reading(row: Row) -> LastReading:
    known = ASSET_CLASSES.get(row["asset_class"])
    declared = {channel.name: channel for channel in known.channels} if known else {}
    order = {name: place for place, name in enumerate(declared)}
    names = sorted(row["channels"], key=lambda name: (order.get(name, len(order)), name))
    values = [
        _channel(name, row["channels"][name], row["channel_times"].get(name), declared.get(name))
        for name in names
    ]
    return shown(LastReading, {**row, "channels": values})


def _channel(name: str, value: float, time: float | None, channel: Channel | None) -> ChannelValue:
    low, high = channel.typical if channel else (None, None)
    return ChannelValue(
        name=name,
        unit=channel.unit if channel else None,
        meaning=channel.meaning if channel else None,
        value=value,
        time=None if time is None else _instant(time),
        typical=None if low is None or high is None else (low, high),
    )


def _instant(seconds: float) -> datetime:
    within = min(max(seconds, EARLIEST.timestamp()), LATEST.replace(microsecond=0).timestamp())
    return datetime.fromtimestamp(within, UTC)


def life_entry(row: Row) -> LifeEntry:
    """A row of the query `life`."""
    return shown(LifeEntry, row)


def alert_now(row: Row) -> AlertNow:
    """A row of the alert tables, or a change out of Kafka; rows from before verdicts were asked
    for say nothing of them."""
    change = shown(
        AlertChange,
        {**row, "evidence": row["evidence"] or {}, "asks_verdict": row["asks_verdict"] or False},
    )
    title = alert_title(change.rule, change.asset_class)
    return shown(
        AlertNow, {**vars(change), "title": title, "awaiting_verdict": change.awaits_verdict}
    )


def alert_counts(row: Row) -> AlertCounts:
    """The row of the query `alert_counts`."""
    by_severity = {severity: row[severity] for severity in get_args(Severity)}
    return AlertCounts.model_validate({**row, "by_severity": by_severity})


def track(asset: str, rows: Sequence[Row]) -> Track:
    """Positions in order as a GeoJSON line."""
    points = list(_unwrapped([(row["lon"], row["lat"]) for row in rows]))
    return Track(
        geometry=TrackGeometry(coordinates=points) if len(points) > 1 else None,
        properties=TrackProperties(asset=asset, times=[clamp(row["time"]) for row in rows]),
    )


def _unwrapped(points: Iterable[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    """Longitudes without jumps: each is the one within half a turn of the one before."""
    before: float | None = None
    for lon, lat in points:
        if before is not None:
            lon += 360 * round((before - lon) / 360)
        before = lon
        yield lon, lat
