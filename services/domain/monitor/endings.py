"""Ends of episodes whose part of the class data begins anew or is no more.

An alarm that is on when its channel gets another unit, or is left out, would never be ended: what
judges it has forgotten it. It is noted here when a checkpoint is restored, dated by the newest
reading that was judged, and told by the asset's next reading, before all that this one leads to.
Until then the checkpoints keep it.

Not before it is in a checkpoint, though: what readings lead to between the one that was restored
and where the last owner stopped is out already, in the words of the old class data, and is not
written again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from services.domain.detectors.form import Array
from services.domain.monitor import events as ev
from services.domain.monitor.meaning import Meaning, Places
from services.domain.monitor.plan import NEVER_US
from services.domain.monitor.rule_table import RULES
from services.domain.wire import WireSignal

_NAMES = ("detector", "channel", "flaw", "zone", "zone_kind", "from_state", "to_state")
"""Words of a signal that are noted, as the class data of now may not have them any more."""
_decode = msgspec.json.Decoder(WireSignal).decode
_encode = msgspec.json.Encoder().encode


class Lost(NamedTuple):
    """An episode that was on and is not any more."""

    asset: int  # its row
    kind: int  # of the signal that ends it
    names: Mapping[str, str]
    since_us: int = NEVER_US  # not ended before that


class Endings:
    """What is still to be told, by row of the asset, as plain data."""

    def __init__(self) -> None:
        self.due: dict[int, list[dict[str, Any]]] = {}
        self._unwritten: dict[int, list[dict[str, Any]]] = {}

    def of(self, asset: int) -> list[dict[str, Any]]:
        """All of an asset's, for a checkpoint."""
        return self.due.get(asset, []) + self._unwritten.get(asset, [])

    def note_written(self) -> None:
        """What was noted is in a checkpoint now, and may be told."""
        self.due |= {asset: self.of(asset) for asset in self._unwritten}
        self._unwritten = {}

    def note(self, lost: Lost, assets: Array, feeds: Array) -> None:
        """Has a reading of the asset end the episode, once that is in a checkpoint."""
        asset = assets[lost.asset]
        clock_us = int(feeds["clock_us"][asset["source"]])
        newest_us = int(asset["newest"])
        time_us = clock_us if newest_us == NEVER_US else min(newest_us, clock_us)
        times = {"time_us": max(time_us, lost.since_us), "ingest_us": clock_us}
        ending = {"kind": ev.KINDS[lost.kind].name, **times, **lost.names}
        self._unwritten.setdefault(lost.asset, []).append(ending)

    def insert(
        self, rows: Array, events: Array, figures: Array
    ) -> tuple[Array, Array, dict[int, dict[str, Any]]]:
        """The events with the ends that these readings tell; which those are, by place."""
        if not self.due:
            return events, figures, {}
        places, ends = list[int](), list[Array]()
        told = dict[int, dict[str, Any]]()
        for reading, asset in enumerate(rows["asset"].tolist()):
            place = int(np.searchsorted(events["cause"], rows["offset"][reading]))
            for ending in self.due.pop(asset, ()):
                told[place + len(places)] = ending
                places.append(place)
                ends.append(_event(rows[reading], reading, ending))
        if not ends:
            return events, figures, {}
        events = np.insert(events, places, np.concatenate(ends))
        return events, np.insert(figures, places, np.nan, axis=0), told


def in_words(
    signals: list[tuple[str, bytes]], told: Mapping[int, Mapping[str, Any]]
) -> list[tuple[str, bytes]]:
    """The signals, those of `told` with the names that were noted."""
    for place, ending in told.items():
        asset, text = signals[place]
        names = {name: ending.get(name) for name in _NAMES}
        signals[place] = (
            asset,
            _encode(msgspec.structs.replace(_decode(text), **names, evidence={})),
        )
    return signals


def _event(row: Any, reading: int, ending: Mapping[str, Any]) -> Array:
    event = np.zeros(1, ev.EVENT)
    for field in ("lat", "lon", "value", "threshold", "score", "evidence"):
        event[field] = np.nan
    for field in ("zone", "channel", "flaw", "detector", "from_state", "to_state"):
        event[field] = -1
    event["cause"], event["reading"] = row["offset"], reading
    for field in ("asset", "source", "asset_class"):
        event[field] = row[field]
    event["time_us"], event["ingest_us"] = ending["time_us"], ending["ingest_us"]
    event["kind"] = [kind.name for kind in ev.KINDS].index(ending["kind"])
    return event


class Taken(NamedTuple):
    """The assets of a class, as a checkpoint has them and as they were taken from it."""

    meaning: Meaning
    of_class: str
    fields: Mapping[str, Mapping[str, Array]]  # of the checkpoint, by array
    old: Array  # rows in them
    arrays: Mapping[str, Array]  # of the state
    rows: Array

    def lost(self) -> Iterator[Lost]:
        """The episodes that were on and are not any more."""
        was, places = (
            self.meaning.old["classes"][self.of_class],
            self.meaning.classes[self.of_class],
        )
        channels = [_first(text, " in ") for text in was["channels"]]
        for n, row, channel, k in self._off("channels", "flaw_on", places.channels):
            names = {"flaw": ev.FLAWS[ev.READING_FLAWS + k], "channel": channels[channel]}
            since_us = self.fields["channels"]["flaw_time"][self.old[n], channel, k]
            yield Lost(row, ev.DATA_FAULT_ENDED, names, int(since_us))
        for _, row, channel in self._off("channels", "beyond", places.channels):
            yield _anomaly(row, ev.DETECTORS[ev.LIMIT], channels[channel])
        for _, row, judged in self._off("alarms", "on", places.judged):
            detector, _, seen = was["judged"][judged].partition(" of ")
            yield _anomaly(row, detector, _first(seen, " in "))
        for _, row, rule in self._off("rules", "on", places.rules):
            name, _, channel = was["rules"][rule].partition(" of ")
            yield _anomaly(row, _rule_named(name), channel)
        for _, row in self._off("assets", "overspeed"):
            yield Lost(row, ev.OVERSPEED_ENDED, {"channel": was["overspeed"]})
        yield from self._places_lost(was["states"], places.states)

    def _off(self, array: str, field: str, places: Places | None = None) -> list[tuple[int, ...]]:
        """Number and row of the asset, and the place in its class, of flags that were on."""
        on = self.fields[array][field][self.old] != 0
        now, kept = self.arrays[array][field][self.rows] != 0, np.zeros_like(on)
        if places is None:
            kept = now
        else:
            kept[:, list(places)] = now[:, list(places.values())]
        found = np.argwhere(on & ~kept).tolist()
        return [(n, int(self.rows[n]), *where) for n, *where in found]

    def _places_lost(self, states: Sequence[str], kept: Places) -> Iterator[Lost]:
        """Forbidden zones and movement states: there are alerts on being in them."""
        fields = self.fields["assets"]
        for n, row in enumerate(self.rows.tolist()):
            for zone in fields["zone"][self.old[n]].tolist():
                kind, _, name = self.meaning.old["zones"][zone].partition("/")
                if zone >= 0 and zone not in self.meaning.zones and kind == "forbidden":
                    yield Lost(row, ev.ZONE_LEFT, {"zone": name, "zone_kind": kind})
            state = int(fields["state"][self.old[n]])
            if state not in kept:
                names = {"from_state": states[state], "to_state": states[0]}
                yield Lost(row, ev.MOVEMENT_CHANGED, names)


def _anomaly(asset: int, detector: str, channel: str) -> Lost:
    return Lost(asset, ev.ANOMALY_ENDED, {"detector": detector, "channel": channel})


def _rule_named(name: str) -> str:
    """With its version, where it is still known."""
    return next((full for full in RULES if _first(full, "/") == name), name)


def _first(text: str, separator: str) -> str:
    return text.partition(separator)[0]
