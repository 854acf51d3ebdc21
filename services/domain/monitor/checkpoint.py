"""The state of a partition as compressed chunks: `clock`, and `assets/<n>` of 128 assets each."""

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from services.domain.detectors.drift import LevelDrift
from services.domain.monitor.compiled import records
from services.domain.monitor.link import link_all
from services.domain.monitor.minute_models import MinuteModels
from services.domain.monitor.scan import Scanner
from services.domain.monitor.state import State
from services.domain.monitor.strangers import StrangeChannels

ASSETS_PER_CHUNK = 128
CLOCK = "clock"
_OF_ASSETS = ("assets", "channels", "models", "alarms")


def pack(
    state: State, scanner: Scanner, strange: StrangeChannels, models: MinuteModels
) -> dict[str, bytes]:
    """Every chunk by its name."""
    arrays = state.arrays
    contacts = arrays["contacts"][: int(state.now["contacts"][0])]
    sources = scanner.sources.texts
    chunks = {
        CLOCK: _pack({"sources": sources, "feeds": arrays["feeds"][: len(sources)].tobytes()})
    }
    for start in range(0, len(scanner.assets), ASSETS_PER_CHUNK):
        stop = min(start + ASSETS_PER_CHUNK, len(scanner.assets))
        mine = contacts[(contacts["asset"] >= start) & (contacts["asset"] < stop)]
        mine = mine[np.argsort(mine["asset"], kind="stable")]
        rows = {name: arrays[name][start:stop] for name in _OF_ASSETS}
        rows["assets"] = rows["assets"].copy()
        rows["assets"]["changed"] = 0
        rows["assets"]["contact"] = -1
        for field in ("next_of_asset", "next_of_feed"):
            mine[field] = -1
        content = {
            "assets": scanner.assets.texts[start:stop],
            "classes": scanner.assets.tags[start:stop],
            "rows": {name: array.tobytes() for name, array in rows.items()},
            "contacts": mine.tobytes(),
            "unknown": [sorted(strange.seen.get(row, ())) for row in range(start, stop)],
            "drifts": [
                models.drifts[row].state() if row in models.drifts else None
                for row in range(start, stop)
            ],
        }
        chunks[f"assets/{start // ASSETS_PER_CHUNK:05d}"] = _pack(content)
    return chunks


def unpack(
    chunks: Mapping[str, bytes],
    state: State,
    scanner: Scanner,
    strange: StrangeChannels,
    models: MinuteModels,
) -> None:
    """Fills a new monitor's parts."""
    if CLOCK in chunks:
        content = _unpack(chunks[CLOCK])
        for source in content["sources"]:
            scanner.sources.add(source)
        state.reserve(0, 0, len(scanner.sources))
        _paste(state.arrays["feeds"], 0, content["feeds"])
        state.arrays["feeds"]["contact"] = state.arrays["feeds"]["last_contact"] = -1
    for name in sorted(chunks):
        if name == CLOCK:
            continue
        content, start = _unpack(chunks[name]), len(scanner.assets)
        for asset, tag in zip(content["assets"], content["classes"], strict=True):
            scanner.assets.add(asset, tag)
        before = int(state.now["contacts"][0])
        count = len(content["contacts"]) // state.arrays["contacts"].itemsize
        state.reserve(len(scanner.assets), before + count, 0)
        for field, data in content["rows"].items():
            _paste(state.arrays[field], start, data)
        _paste(state.arrays["contacts"], before, content["contacts"])
        state.now["contacts"] = before + count
        for row, names in enumerate(content["unknown"], start):
            if names:
                strange.seen[row] = set(names)
        for row, drift in enumerate(content["drifts"], start):
            if drift is not None:
                models.drifts[row] = LevelDrift.restored(drift)
    arrays = {name: records(state.arrays[name]) for name in ("assets", "contacts", "feeds")}
    link_all(*arrays.values(), int(state.now["contacts"][0]))


def _paste(array: Any, start: int, data: bytes) -> None:
    rows = len(data) // (array.itemsize * int(np.prod(array.shape[1:], dtype=np.int64)))
    source = np.frombuffer(data, array.dtype).reshape(rows, *array.shape[1:])
    array[start : start + rows] = source


def _pack(content: Mapping[str, Any]) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(content), 1)


def _unpack(chunk: bytes) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.msgpack.decode(zlib.decompress(chunk), type=dict[str, Any])
    return content
