"""What the numbers in a checkpoint mean, by name, and what they mean now.

A checkpoint's head says it: the fields of each array, and per class its channels, judged channels
and movement states, and the zones. A name that is not there any more is left out; what is new
begins blank; a channel of another unit, or a model whose drivers or typical ranges are others, is
another one and begins anew. What was on in such a part is ended (services.domain.monitor.endings).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from schemas.asset_classes import AssetClass, Channel
from schemas.asset_classes.model import Rule
from schemas.zones import Zone
from services.domain.detectors import baseline
from services.domain.monitor.events import FLAWS, READING_FLAWS, UNKNOWN
from services.domain.monitor.state import BLANK

FORMAT = 3

Head = dict[str, Any]
Places = dict[int, int]
"""Places of now by places in the checkpoint."""


def head_of(asset_classes: Mapping[str, AssetClass], zones: Sequence[Zone]) -> Head:
    """The meaning of a checkpoint taken now, as plain data."""
    return {
        "format": FORMAT,
        "fields": {
            name: [[field, *_type(array.dtype[field])] for field in array.dtype.names or ()]
            for name, array in BLANK.items()
        },
        "reading_flaws": list(FLAWS[:READING_FLAWS]),
        "channel_flaws": list(FLAWS[READING_FLAWS:UNKNOWN]),
        "zones": [f"{zone.kind}/{zone.id}" for zone in zones],
        "classes": {name: _meaning(c) for name, c in asset_classes.items()},
    }


def _type(dtype: Any) -> tuple[str, list[int]]:
    return dtype.base.str, list(dtype.shape)


def _meaning(asset_class: AssetClass) -> dict[str, Any]:
    judged = baseline.names_of(asset_class)
    return {
        "channels": [_channel(channel) for channel in asset_class.channels],
        "unlimited": [n for n, c in enumerate(asset_class.channels) if c.alarm == (None, None)],
        "judged": [_model(asset_class, asset_class.channel(name)) for name in judged],
        "states": ["UNKNOWN", *(state.name for state in asset_class.movement)],
        "rules": [_rule(rule) for rule in asset_class.rules],
        "overspeed": asset_class.overspeed.channel,
    }


def _channel(channel: Channel) -> str:
    return f"{channel.name} in {channel.unit}"


def _model(asset_class: AssetClass, channel: Channel) -> str:
    names = {name: None for driver in channel.follows for name in driver.channels}
    seen = ", ".join(
        f"{_channel(c)} {c.typical}" for c in (channel, *map(asset_class.channel, names))
    )
    return f"{baseline.NAME} of {seen} by {channel.follows}"


def _rule(rule: Rule) -> str:
    about = f" of {rule.channel}" if rule.channel else ""
    return rule.name + about + (f" by {', '.join(rule.reads)}" if rule.reads else "")


class ClassMap(NamedTuple):
    """What became of a class's channels, judged channels, movement states and rules."""

    number: int  # of the class
    channels: Places
    judged: Places
    states: Places
    rules: Places
    overspeed: bool  # whether it is judged by the same channel


class Meaning:
    """A checkpoint's head beside that of now; raises ValueError when it cannot be read at all."""

    def __init__(self, old: Head, now: Head) -> None:
        if old.get("format") != FORMAT:
            raise ValueError(f"the checkpoint has format {old.get('format')}, not {FORMAT}")
        self.old, self.same = old, old == now
        self.zones = _places(old["zones"], now["zones"])
        self.reading_flaws = _places(old["reading_flaws"], now["reading_flaws"])
        self.channel_flaws = _places(old["channel_flaws"], now["channel_flaws"])
        numbers = {name: number for number, name in enumerate(now["classes"])}
        self.classes = {
            name: _class_map(numbers[name], was, now["classes"][name])
            for name, was in old["classes"].items()
            if name in numbers
        }
        self.notes = [] if self.same else list(_notes(old, now))


def _class_map(number: int, old: Mapping[str, Any], now: Mapping[str, Any]) -> ClassMap:
    return ClassMap(
        number,
        _places(old["channels"], now["channels"]),
        _places(old["judged"], now["judged"]),
        _places(old["states"], now["states"]),
        _places(old["rules"], now["rules"]),
        old["overspeed"] == now["overspeed"],
    )


def _places(old: Sequence[str], now: Sequence[str]) -> Places:
    where = {name: place for place, name in enumerate(_apart(now))}
    return {place: where[name] for place, name in enumerate(_apart(old)) if name in where}


def _apart(names: Sequence[str]) -> list[tuple[str, int]]:
    """Two of one name, as two rules for a channel, are told apart by their order."""
    before = Counter[str]()
    apart = []
    for name in names:
        apart.append((name, before[name]))
        before[name] += 1
    return apart


def _notes(old: Head, now: Head) -> Iterator[str]:
    """A sentence for everything that begins anew or is left out."""
    for array, fields in now["fields"].items():
        was = {tuple(map(str, field)) for field in old["fields"].get(array, ())}
        new = [field[0] for field in fields if tuple(map(str, field)) not in was]
        yield from _note(f"fields of {array}", new, "begin blank")
    yield from _note("zones", _without(old["zones"], now["zones"]), "are left out")
    for name, was in old["classes"].items():
        if name not in now["classes"]:
            yield f"asset class {name}: is left out, with its assets"
            continue
        of_class = now["classes"][name]
        for part in ("channels", "judged", "states", "rules"):
            yield from _note(f"{part} of {name}", _without(of_class[part], was[part]), "begin anew")
            yield from _note(
                f"{part} of {name}", _without(was[part], of_class[part]), "are left out"
            )
        if was["overspeed"] != of_class["overspeed"]:
            yield f"overspeed of {name}: begins anew"


def _without(names: Iterable[str], others: Iterable[str]) -> list[str]:
    gone = set(others)
    return [name for name in names if name not in gone]


def _note(what: str, names: Sequence[str], fate: str) -> Iterator[str]:
    if names:
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        yield f"{what}: {len(names)} {fate} ({shown})"
