"""Which pictures a run is worth: every fault missed or late, every false alarm, some noticed.

A case is one picture: a fault with the alerts around it, or false alarms of one rule on one asset
that follow each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from schemas.asset_classes import ASSET_CLASSES
from services.lab.outcome import JudgedAlert, JudgedLabel, Outcome
from services.lab.pictures.series import Window

NOTICED_PER_KIND = 3
_MOST_CHANNELS = 4
_ORDER = ("missed", "late", "false", "noticed")
_MINUTE, _HOUR = 60, 3600
PAD_S = {"ship": 2 * _HOUR, "aircraft": _HOUR, "metro": 40 * _MINUTE}
_LONGEST_ALERT_S = 6 * _HOUR

# What is drawn beside, or for want of, the channels that a fault or an alert names.
_SPEED, _LEARNED, DELAY, COUNT, TRACK = "speed", "learned", "delay", "count", "track"
_JOURNEY = (DELAY, COUNT)
_SHOWS = {
    "silence": _JOURNEY,
    "feed_down": _JOURNEY,
    "dark": (*_JOURNEY, TRACK),
    "data_fault:late": _JOURNEY,
    "data_fault:duplicate": _JOURNEY,
    "data_fault:clock": _JOURNEY,
    "data_fault:clock_skew": _JOURNEY,
    "data_fault:future": _JOURNEY,
    "data_fault:gap": _JOURNEY,
    "position_jump": (TRACK, _SPEED),
    "data_fault:position_impossible": (TRACK, _SPEED),
    "identity_conflict": (TRACK, _SPEED),
    "forbidden_zone": (TRACK, _SPEED),
    "aground": (TRACK, _SPEED, "me_load_pct", "nav_status"),
    "rendezvous": (TRACK, _SPEED, "draught_m"),
    "loitering": (TRACK, _SPEED),
    "drifting": (TRACK, _SPEED, "me_rpm"),
    "off_hire_under_way": (TRACK, _SPEED),
    "moving_off_hire": (TRACK, _SPEED),
    "proposal": (TRACK, _SPEED),
    "gps_interference": (TRACK, "nac_p"),
    "overspeed": (_SPEED,),
    "drift": (_LEARNED,),
    "anomaly": (_LEARNED,),
    "hard_landing": ("baro_rate_ft_min", "alt_baro_ft"),
    "fuel_loss": ("rob_fuel_t", "fuel_kg", "fuel_flow_t_h", _SPEED),
    "over_cap": ("me_hours", "fh_total_h", "odometer_km"),
    "declared_hours": ("me_hours", "fh_total_h", "odometer_km"),
}


class Mark(NamedTuple):
    """An alert in a picture: when it was known, what became of it."""

    second: float
    verdict: str
    rule: str
    summary: str
    lat: float | None
    lon: float | None


class Case(NamedTuple):
    """One picture; seconds are those after the start of the run."""

    verdict: str
    asset_class: str
    kind: str
    asset: str
    title: str
    note: str
    window: Window
    begun: float
    shaded: tuple[float, float] | None
    notice_by: float | None
    marks: tuple[Mark, ...]
    shows: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def by_arrival(self) -> bool:
        """Whether time is that of arrival: where the journey itself is what is looked at."""
        return DELAY in self.shows

    @property
    def map(self) -> bool:
        """Whether the track is drawn."""
        return TRACK in self.shows


def cases(outcome: Outcome) -> list[Case]:
    """Missed, then late, then false, then some that were noticed; each by time."""
    by_asset: dict[str, list[JudgedAlert]] = defaultdict(list)
    for alert in outcome.alerts:
        by_asset[alert.alert.asset].append(alert)
    faults = [_fault_case(outcome, one, by_asset) for one in _worth_showing(outcome.labels)]
    ours = {seen.asset for seen in outcome.assets}  # of a stranger there is nothing to draw
    alerts = [judged for judged in outcome.alerts if judged.alert.asset in ours]
    wrong = [_false_case(outcome, part, by_asset) for part in _false_alarms(alerts)]
    return sorted((*faults, *wrong), key=lambda case: (_ORDER.index(case.verdict), case.begun))


def _worth_showing(labels: Iterable[JudgedLabel]) -> Iterator[JudgedLabel]:
    shown: dict[tuple[str, str], int] = defaultdict(int)
    for judged in labels:
        key = (judged.label.kind, judged.label.asset_class)
        shown[key] += judged.verdict == "noticed"
        good = judged.verdict == "noticed"
        if judged.counts and not (good and shown[key] > NOTICED_PER_KIND):
            yield judged


def _false_alarms(alerts: Iterable[JudgedAlert]) -> Iterator[list[JudgedAlert]]:
    """False alarms of one rule on one asset, those that follow each other closely together."""
    parts: dict[tuple[str, str], list[JudgedAlert]] = defaultdict(list)
    for judged in alerts:
        if judged.verdict in ("false_alarm", "repeat") and judged.label is None:
            parts[judged.alert.asset, judged.alert.rule].append(judged)
    for part in parts.values():
        near = [0]
        for place, (a, b) in enumerate(pairwise(part), 1):
            gap = (b.alert.known_at - a.alert.known_at).total_seconds()
            if gap > 2 * PAD_S[b.alert.asset_class]:
                near.append(place)
        near.append(len(part))
        yield from (part[a:b] for a, b in pairwise(near))


def _fault_case(
    outcome: Outcome, judged: JudgedLabel, by_asset: dict[str, list[JudgedAlert]]
) -> Case:
    label = judged.label
    start, end, by = (_second(outcome, t) for t in (label.start, label.end, label.notice_by))
    last = max(
        end, min(by, end + _LONGEST_ALERT_S), _second(outcome, judged.noticed_at or label.end)
    )
    shows = shown(label.asset_class, label.channels, label.expect.split("|"))
    window = _window(outcome, label.asset, label.asset_class, start, last, shows)
    window = window._replace(beside=label.assets[1] if len(label.assets) == 2 else "")
    words = ", ".join(label.channels) if 0 < len(label.channels) <= _MOST_CHANNELS else ""
    return Case(
        judged.verdict, label.asset_class, label.kind, label.asset,
        words or ("" if len(label.assets) < 2 else f"with {len(label.assets) - 1} more"),
        _told(judged), window, start, (start, end), by,
        _marks(outcome, by_asset[label.asset], window), shows, label.channels,
    )  # fmt: skip


def _told(judged: JudgedLabel) -> str:
    label = judged.label
    words = ", ".join(label.expect.replace("_", " ").replace(":", " · ").split("|"))
    within = _span((label.notice_by - label.shows).total_seconds())
    text = f"Should be noticed within {within} as: {words}. "
    if judged.after_s is None:
        return text + "It was not."
    return text + f"Noticed after {_span(judged.after_s)} by {judged.rule}."


def _false_case(
    outcome: Outcome, part: Sequence[JudgedAlert], by_asset: dict[str, list[JudgedAlert]]
) -> Case:
    alert, last = part[0].alert, part[-1].alert
    begun = _second(outcome, min(alert.time, alert.known_at))
    ended = _second(outcome, min(last.ended or last.known_at, outcome.end))
    ended = max(_second(outcome, last.known_at), min(ended, begun + _LONGEST_ALERT_S))
    channels = (alert.channel,) if alert.channel else ()
    shows = shown(alert.asset_class, channels, (alert.family, alert.rule))
    window = _window(outcome, alert.asset, alert.asset_class, begun, ended, shows)
    times = f", {len(part)} times" if len(part) > 1 else ""
    return Case(
        "false", alert.asset_class, alert.family, alert.asset, (alert.channel or "") + times,
        "Nothing was wrong.", window, _second(outcome, alert.known_at), None, None,
        _marks(outcome, by_asset[alert.asset], window), shows, channels,
    )  # fmt: skip


def shown(asset_class: str, channels: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
    """The channels named, and those that drive the first; else what the words ask for, and speed.

    `words` are those of a fault's `expect`, or an alert's rule and family.
    """
    of = ASSET_CLASSES[asset_class]
    own = {channel.name: channel for channel in of.channels}
    named = [name for name in channels if name in own][:_MOST_CHANNELS]
    wished: list[str] = [*named]
    if named:
        drivers = [name for driver in own[named[0]].follows for name in driver.channels]
        wished += list(dict.fromkeys(drivers))[:2]
    if {"lat", "lon"} & set(channels):
        wished += (TRACK, _SPEED)
    if not wished:
        wished = [name for word in words for name in _SHOWS.get(word, ())] + [_SPEED]
    learned = [channel.name for channel in of.channels if channel.follows][:_MOST_CHANNELS]
    meant = {_SPEED: [of.speed_channel], _LEARNED: learned}
    found = [name for wish in wished for name in meant.get(wish, [wish])]
    return tuple(dict.fromkeys(n for n in found if n in own or n in (DELAY, COUNT, TRACK)))


def _window(
    outcome: Outcome, asset: str, asset_class: str, begun: float, ended: float,
    shows: Sequence[str],
) -> Window:  # fmt: skip
    pad = max(PAD_S[asset_class], 0.3 * (ended - begun))
    until = min(ended + pad, _second(outcome, outcome.end))
    channels = tuple(name for name in shows if name not in (DELAY, COUNT, TRACK))
    return Window(asset, max(0, int(begun - pad)), int(until), channels)


def _marks(outcome: Outcome, alerts: Iterable[JudgedAlert], window: Window) -> tuple[Mark, ...]:
    found = []
    for judged in alerts:
        alert, second = judged.alert, _second(outcome, judged.alert.known_at)
        if window.since <= second < window.until:
            place = (alert.lat, alert.lon)
            found.append(Mark(second, judged.verdict, alert.rule, alert.summary, *place))
    return tuple(found)


def _second(outcome: Outcome, time: datetime) -> float:
    return (time - outcome.start).total_seconds()


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"
