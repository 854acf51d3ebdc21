"""The one sentence of an alert, with numbers and units, for the desk."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from schemas import ASSET_CLASSES, Signal
from schemas.asset_classes import Channel
from services.domain.alert_rules import SignalRule

_BASELINE_KEYS = ("baseline", "expected", "mean", "median")
_MOVEMENT_KEYS = ("movement", "state")


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def signal_summary(rule: SignalRule, signal: Signal, movement: str | None) -> str:
    """The rule's sentence filled from the signal's fields and evidence."""
    return rule.summary.format_map(_Words(_words(signal, movement)))


def standing_summary(template: str, **words: str | datetime | None) -> str:
    """A standing rule's sentence; times read `2026-01-02 03:04 UTC`."""
    texts = {name: _text(value) for name, value in words.items()}
    return template.format_map(_Words(texts))


def _text(value: str | datetime | None) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return value or "unknown"


def _words(signal: Signal, movement: str | None) -> dict[str, str]:
    channel = channel_of(signal.asset_class, signal.channel)
    state = next(
        (str(signal.evidence[k]) for k in _MOVEMENT_KEYS if k in signal.evidence), movement
    )
    return {
        "meaning": _meaning(channel, signal),
        "value": _number(signal.value, channel),
        "threshold": _number(signal.threshold, channel),
        "deviation": _deviation(signal, channel),
        "level": _number(_level(signal), None),
        "while_moving": f" while {state}" if state else "",
        "flaw": (signal.flaw or "faulty").replace("_", " "),
        "zone_name": str(signal.evidence.get("name", signal.zone or "an area")),
        "position": _position(signal),
        "silent": duration(signal.evidence.get("silent_s", signal.threshold)),
        "allowed": duration(signal.threshold),
        "distance": _distance(signal.evidence),
    }


@cache
def channel_of(asset_class: str, name: str | None) -> Channel | None:
    """The channel's description, if the class declares it."""
    described = ASSET_CLASSES.get(asset_class)
    channels = described.channels if described else ()
    return next((channel for channel in channels if channel.name == name), None)


def _meaning(channel: Channel | None, signal: Signal) -> str:
    return channel.meaning if channel else signal.channel or "behaviour"


def _number(value: float | None, channel: Channel | None) -> str:
    if value is None:
        return "?"
    unit = channel.unit if channel else ""
    return f"{value:,.4g} {unit}".strip() if abs(value) < 1000 else f"{value:,.0f} {unit}".strip()


def _deviation(signal: Signal, channel: Channel | None) -> str:
    """`, 3.4 sigma over its baseline of 55.1 degC`, as far as the signal tells."""
    baseline = next(
        (v for k in _BASELINE_KEYS if isinstance(v := signal.evidence.get(k), float)), None
    )
    if signal.score is None and baseline is None:
        return ""
    sigma = "" if signal.score is None else f" {abs(signal.score):.1f} sigma"
    if baseline is None:
        return f",{sigma} off its baseline"
    side = "under" if signal.value is not None and signal.value < baseline else "over"
    return f",{sigma} {side} its baseline of {_number(baseline, channel)}"


def _level(signal: Signal) -> float | None:
    """The smoothed anomaly level, in standard deviations; else the signal's score."""
    level = signal.evidence.get("level", signal.score)
    return level if isinstance(level, float) else None


def _position(signal: Signal) -> str:
    if signal.lat is None or signal.lon is None:
        return ""
    north, east = "N" if signal.lat >= 0 else "S", "E" if signal.lon >= 0 else "W"
    return f" at {abs(signal.lat):.3f} {north}, {abs(signal.lon):.3f} {east}"


def _distance(evidence: Mapping[str, float | str]) -> str:
    speed = evidence.get("implied_speed_kn", evidence.get("implied_kn"))
    return f" (implied {speed:,.0f} kn)" if isinstance(speed, float) else ""


def duration(seconds: float | str | None) -> str:
    """`45 s`, `15 min`, `4.5 h` or `3 d`: two figures are enough for a desk."""
    if not isinstance(seconds, int | float):
        return "some time"
    for limit, size, unit in ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 86_400:.3g} d"
