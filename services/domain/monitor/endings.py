"""Ends of episodes whose part of the class data begins anew or is no more.

An alarm that is on when its channel gets another unit, or is left out, would never be ended: what
judges it has forgotten it. It is noted here when a checkpoint is restored, dated by the newest
reading that was judged, and told by the asset's next reading, before all that this one leads to.
Until then the checkpoints keep it.

Not before it is in a checkpoint, though: what readings lead to between the one that was restored
and where the last owner stopped is out already, in the words of the old class data, and is not
written again.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import numpy as np

from services.domain.form import Array
from services.domain.monitor import events as ev
from services.domain.monitor.concerns.rule_table import RULES
from services.domain.monitor.keep.meaning import Head
from services.domain.monitor.plan import NEVER_US
from services.domain.wire import WireSignal

_NAMES = ("detector", "channel", "flaw", "zone", "zone_kind", "from_state", "to_state")
"""Words of a signal that are noted, as the class data of now may not have them any more."""
_decode = msgspec.json.Decoder(WireSignal).decode
_encode = msgspec.json.Encoder().encode


class Episode(NamedTuple):
    """What a flag in the state stands for, in words that outlast the class data."""

    asset: int  # its row
    kind: int  # of the signal that ends it
    names: tuple[tuple[str, str], ...]  # fields of the signal


class Endings:
    """What is still to be told, by row of the asset, as plain data."""

    def __init__(self) -> None:
        self.due: dict[int, list[dict[str, Any]]] = {}
        self._unwritten: dict[int, list[dict[str, Any]]] = {}

    def release(self, head: Head, arrays: Mapping[str, Array]) -> None:
        """With the checkpoint that is about to be taken, what was noted may be told.

        But for what is on again: that is ended by its own judge.
        """
        for row, endings in self._unwritten.items():
            asset_class = list(head["classes"])[arrays["assets"]["asset_class"][row]]
            names = [dict(e.names) for e in episodes(head, asset_class, arrays, np.array([row]))]
            left = [e for e in endings if {n: e[n] for n in _NAMES if n in e} not in names]
            state = head["classes"][asset_class]["states"][arrays["assets"]["state"][row]]
            for ending in left:
                if "to_state" in ending:  # readings may have found a new one meanwhile
                    ending["to_state"] = state
            self.due.setdefault(row, []).extend(left)
        self._unwritten = {}

    def note(self, episode: Episode, since_us: int, assets: Array, feeds: Array) -> None:
        """Has a reading of the asset end the episode, once that is in a checkpoint."""
        asset = assets[episode.asset]
        clock_us = int(feeds["clock_us"][asset["source"]])
        newest_us = int(asset["newest"])
        time_us = clock_us if newest_us == NEVER_US else min(newest_us, clock_us)
        times = {"time_us": max(time_us, since_us), "ingest_us": clock_us}
        ending = {"kind": ev.KINDS[episode.kind].name, **times, **dict(episode.names)}
        self._unwritten.setdefault(episode.asset, []).append(ending)

    def insert(
        self, rows: Array, events: Array, figures: Array
    ) -> tuple[Array, Array, dict[int, dict[str, Any]]]:
        """The events with the ends that these readings tell; which those are, by place."""
        if not self.due:
            return events, figures, {}
        places, ends = list[int](), list[Array]()
        told = dict[int, dict[str, Any]]()
        for reading, asset in enumerate(rows["asset"].tolist()):
            if asset not in self.due:
                continue
            place = int(np.searchsorted(events["cause"], rows["offset"][reading]))
            for ending in self.due.pop(asset):
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


def episodes(
    head: Head, of_class: str, arrays: Mapping[str, Any], rows: Array
) -> dict[Episode, int]:
    """What is on of the assets of a class, and since when at least (NEVER_US: not known)."""
    its = head["classes"][of_class]
    channels = [_first(text, " in ") for text in its["channels"]]
    found = dict[Episode, int]()

    def note(row: int, kind: int, since_us: int = NEVER_US, /, **names: str) -> None:
        found[Episode(row, kind, tuple(names.items()))] = since_us

    for row, n, k in _on(arrays["channels"]["flaw_on"], rows):
        since_us = int(arrays["channels"]["flaw_time"][row, n, k])
        flaw = ev.FLAWS[ev.READING_FLAWS + k]
        note(row, ev.DATA_FAULT_ENDED, since_us, flaw=flaw, channel=channels[n])
    for row, n in _on(arrays["channels"]["beyond"], rows):
        detector = ev.DETECTORS[ev.LIMIT]
        note(row, ev.ANOMALY_ENDED, detector=detector, channel=channels[n])
    for flag, kind in (("on", ev.ANOMALY_ENDED), ("drifting", ev.DRIFT_ENDED)):
        for row, n in _on(arrays["alarms"][flag], rows):
            detector, _, seen = its["judged"][n].partition(" of ")
            note(row, kind, detector=detector, channel=_first(seen, " in "))
    for row, n in _on(arrays["rules"]["on"], rows):
        rule, _, channel = _first(its["rules"][n], " by ").partition(" of ")
        names = {"detector": _rule_named(rule)} | ({"channel": channel} if channel else {})
        note(row, ev.ANOMALY_ENDED, **names)
    assets = arrays["assets"]
    for (row,) in _on(assets["overspeed"], rows):
        note(row, ev.OVERSPEED_ENDED, channel=its["overspeed"])
    for row, zone in _forbidden(head, assets["zone"], rows):
        note(row, ev.ZONE_LEFT, zone=zone, zone_kind="forbidden")
    for (row,) in _on(assets["state"], rows):
        state = its["states"][assets["state"][row]]
        note(row, ev.MOVEMENT_CHANGED, from_state=state, to_state=its["states"][0])
    return found


def _forbidden(head: Head, zones: Array, rows: Array) -> Iterator[tuple[int, str]]:
    """Row and zone of those in forbidden ones; on being in others there are no alerts."""
    for row, slot in _on(zones >= 0, rows):
        kind, _, zone = head["zones"][zones[row, slot]].partition("/")
        if kind == "forbidden":
            yield row, zone


def _on(flags: Array, rows: Array) -> Iterator[tuple[int, ...]]:
    """Row, and place in its class, of the flags that are on."""
    for n, *places in np.argwhere(flags[rows]).tolist():
        yield int(rows[n]), *places


def _rule_named(name: str) -> str:
    """With its version, where it is still known."""
    return next((full for full in RULES if _first(full, "/") == name), name)


def _first(text: str, separator: str) -> str:
    return text.partition(separator)[0]
