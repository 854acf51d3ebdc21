"""What the desk reads of an alert: its title, and its one sentence with numbers and units."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from schemas import ASSET_CLASSES, Signal
from schemas.asset_classes import Channel
from schemas.zones import load_zones
from services.domain.alert_rules import SignalRule, policy_of

_BASELINE_KEYS = ("baseline", "expected", "mean", "median")
_MOVEMENT_KEYS = ("movement", "state")

_UNITS: Mapping[str, str] = {
    "degC": " °C", "deg": "°", "deg/min": "°/min", "m/s2": " m/s²", "%": " %",
    "n": "", "1": "", "code": "", "0/1": "",
}  # fmt: skip
"""Units that people write otherwise than the channels' data does; the others follow a space."""

_FLAWS: Mapping[str, str] = {
    "duplicate": "readings come twice again and again",
    "late": "readings come too late again and again",
    "future": "readings are dated in the future again and again",
    "gap": "messages are missing again and again",
    "clock_skew": "the clock of the device is wrong",
    "position_impossible": "positions cannot be true again and again",
    "jump": "positions jump further than the asset can move again and again",
    "impossible": "{meaning} reads what cannot be true again and again",
    "counter_backwards": "{meaning} runs backwards again and again",
    "frozen": "{meaning} is stuck: it stays the same while the other values change",
}
"""What is wrong with the data, by the flaw of the signal."""


class Words(dict[str, str]):
    """Words to fill a sentence with; one that is missing reads `?`."""

    def __missing__(self, key: str) -> str:
        return "?"


def alert_title(rule: str, asset_class: str) -> str:
    """A rule as its alerts bear it, for people: `Limit exceeded: main bearing temperature`."""
    subject = rule.rpartition(":")[2] if ":" in rule else None
    channel, title = channel_of(asset_class, subject), policy_of(rule).title
    about = channel.meaning if channel else _zone_names().get(subject or "")
    return f"{title}: {about}" if about else title


@cache
def _zone_names() -> Mapping[str, str]:
    return {zone.id: zone.name for zone in load_zones()}


def signal_summary(rule: SignalRule, signal: Signal, movement: str | None) -> str:
    """The rule's sentence filled from the signal's fields and evidence."""
    return rule.summary.format_map(Words(_words(signal, movement)))


def standing_summary(template: str, **words: str | datetime | None) -> str:
    """A standing rule's sentence; times read `2026-01-02 03:04 UTC`."""
    texts = {name: _text(value) for name, value in words.items()}
    return template.format_map(Words(texts))


def _text(value: str | datetime | None) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return value or "unknown"


def date_words(time: datetime) -> str:
    """A day as papers write it: `3 March 2026`."""
    return f"{time.day} {time:%B %Y}"


def amount(value: float, unit: str) -> str:
    """Use, as it is said in a sentence: `412 h`, `11,430 km`, `96.4 h`."""
    digits = f"{value:,.0f}" if abs(value) >= _WHOLE else f"{value:,.3g}"
    return f"{digits} {unit}".rstrip()


_WHOLE = 100.0


def state_words(asset_class: str, state: str) -> str:
    """A movement state as it is said in a sentence: `under way`."""
    described = ASSET_CLASSES.get(asset_class)
    states = described.movement if described else ()
    words = next((known.words for known in states if known.name == state), None)
    return words or state.replace("_", " ").lower()


def _words(signal: Signal, movement: str | None) -> dict[str, str]:
    channel = channel_of(signal.asset_class, signal.channel)
    meaning = _meaning(channel, signal)
    return {
        "meaning": meaning,
        "value": _number(signal.value, channel),
        "threshold": _number(signal.threshold, channel),
        "beyond": _beyond(signal),
        "deviation": _deviation(signal, channel),
        "level": _level(signal, channel),
        "while_moving": _while_moving(signal, movement),
        "fault": _fault(signal, meaning),
        "zone_name": str(signal.evidence.get("name", signal.zone or "an area")),
        "position": _position(signal),
        "comma_position": _position(signal).replace(" at", ", at", 1),
        "silent": duration(signal.evidence.get("silent_s", signal.threshold)),
        "allowed": duration(signal.threshold),
        "lasted": duration(signal.value),
        "held": duration(signal.evidence.get("held_s")),
        "distance": _distance(signal.evidence),
    }


def _while_moving(signal: Signal, movement: str | None) -> str:
    told = (str(signal.evidence[k]) for k in _MOVEMENT_KEYS if k in signal.evidence)
    state = next(told, movement)
    if not state or state == "UNKNOWN":
        return ""
    return f" while {state_words(signal.asset_class, state)}"


@cache
def _channels(asset_class: str) -> Mapping[str, Channel]:
    described = ASSET_CLASSES.get(asset_class)
    return {channel.name: channel for channel in described.channels} if described else {}


def channel_of(asset_class: str, name: str | None) -> Channel | None:
    """The channel's description, if the class declares it."""
    return _channels(asset_class).get(name or "") if asset_class in ASSET_CLASSES else None


def _meaning(channel: Channel | None, signal: Signal) -> str:
    if channel:
        return channel.meaning
    return signal.channel.replace("_", " ") if signal.channel else "behaviour"


def _number(value: float | None, channel: Channel | None) -> str:
    """`74.2 °C`, `1,013 mbar`: four figures, or all before the point."""
    if value is None:
        return "unknown"
    unit = channel.unit if channel else ""
    if unit == "0/1":
        return "yes" if value else "no"
    digits = f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return digits + _UNITS.get(unit, f" {unit}" if unit else "")


def _beyond(signal: Signal) -> str:
    if signal.value is None or signal.threshold is None:
        return "beyond"
    return "under" if signal.value < signal.threshold else "over"


def _deviation(signal: Signal, channel: Channel | None) -> str:
    """` is far above its usual 55.1 °C (26 times the usual spread)`, as far as the signal tells."""
    usual = _first(signal.evidence, _BASELINE_KEYS)
    spread = _spread(signal.score)
    if usual is None or signal.value is None:
        return f" is not as usual{spread}"
    if f"{usual:.4g}" == f"{signal.value:.4g}":  # it strays by less than what is shown
        return f" strays from its usual {_number(usual, channel)}{spread}"
    far = "far " if abs(signal.score or 0.0) >= _FAR else ""
    side = "below" if signal.value < usual else "above"
    return f" is {far}{side} its usual {_number(usual, channel)}{spread}"


_FAR = 10.0
"""Beyond how many times the usual spread a value is called far."""


def _spread(score: float | None) -> str:
    """How many standard deviations, in words."""
    if score is None:
        return ""
    size = abs(score)
    return (
        f" ({size:,.0f} times the usual spread)"
        if size >= _FAR
        else (f" ({size:.2g} times the usual spread)")
    )


def _level(signal: Signal, channel: Channel | None) -> str:
    """By how much a drift is off, ` by 4.3 °C (5.1 times the usual spread)`, as far as it tells."""
    level = _first(signal.evidence, ("level",))
    by = "" if level is None else f" by {_number(level, channel)}"
    return by + _spread(signal.score)


def _first(evidence: Mapping[str, float | str], names: tuple[str, ...]) -> float | None:
    return next((v for name in names if isinstance(v := evidence.get(name), float)), None)


def _fault(signal: Signal, meaning: str) -> str:
    known = _FLAWS.get(signal.flaw or "")
    if known:
        return known.format(meaning=meaning)
    flaw = (signal.flaw or "faulty").replace("_", " ")
    return f"{meaning} cannot be trusted: {flaw} again and again"


def _position(signal: Signal) -> str:
    if signal.lat is None or signal.lon is None:
        return ""
    north, east = "N" if signal.lat >= 0 else "S", "E" if signal.lon >= 0 else "W"
    return f" at {abs(signal.lat):.3f} {north}, {abs(signal.lon):.3f} {east}"


def _distance(evidence: Mapping[str, float | str]) -> str:
    speed = _first(evidence, ("implied_speed_kn", "implied_kn"))
    return f" (at {speed:,.0f} kn)" if speed is not None else ""


def duration(seconds: float | str | None) -> str:
    """`45 s`, `15 min`, `4.5 h` or `3 d`: two figures are enough for a desk."""
    if not isinstance(seconds, int | float):
        return "some time"
    for limit, size, unit in ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 86_400:.3g} d"
