"""The state of a partition as compressed chunks.

head          what the numbers mean (services.domain.monitor.keep.meaning)
feeds/<n>     512 feeds each, with their clocks
assets/<n>    128 assets each: every field as bytes, by array and name

A chunk's size is bounded, whatever the input says: a name has at most MAX_NAME characters, an asset
at most so many contacts, unknown channels and models. What grows is the number of chunks.
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from services.domain.compiled import records
from services.domain.detectors.drift import SCORE
from services.domain.form import Array
from services.domain.monitor.concerns.contacts import link_all
from services.domain.monitor.endings import Endings, Episode, episodes
from services.domain.monitor.events import DRIFT_ENDED
from services.domain.monitor.keep.meaning import Head, Meaning
from services.domain.monitor.keep.pasted import PARTS, Pasted
from services.domain.monitor.minute_models import MinuteModels
from services.domain.monitor.plan import NEVER_US
from services.domain.monitor.read.names import Names
from services.domain.monitor.read.scan import Scanner
from services.domain.monitor.state import State
from services.domain.monitor.strangers import StrangeChannels

ASSETS_PER_CHUNK, FEEDS_PER_CHUNK = 128, 512
HEAD, FEEDS, ASSETS = "head", "feeds", "assets"
_OF_ASSETS = ("assets", *PARTS)
_LINKS = {
    "changed", "contact", "last_contact", "next_of_asset", "next_of_feed", "before_in_feed",
}  # fmt: skip
"""Fields that are made anew."""


class Parts:
    """What a partition's state consists of."""

    def __init__(
        self, head: Head, state: State, scanner: Scanner, strange: StrangeChannels,
        models: MinuteModels, endings: Endings,
    ) -> None:  # fmt: skip
        # of another size, chunks hold other assets: then all of them are written anew
        self.head = {**head, "per_chunk": [ASSETS_PER_CHUNK, FEEDS_PER_CHUNK]}
        self.state, self.scanner = state, scanner
        self.strange, self.models, self.endings = strange, models, endings
        self.head_is_new = True
        """Whether the last checkpoint had another head, or there was none."""
        self.feeds = dict[str, dict[str, bytes]]()
        """The fields of the feeds by chunk, as the last checkpoint has them."""

    def note_written(self) -> None:
        """All that there is now is in the last checkpoint."""
        self.state.arrays["assets"]["changed"] = 0
        self.head_is_new = False
        self.feeds = {name: self.fields_of(start, stop) for name, start, stop in _feeds(self)}

    def fields_of(self, start: int, stop: int) -> dict[str, bytes]:
        """Those of feeds."""
        return _cut(self.state.arrays["feeds"][start:stop])


def names(parts: Parts) -> list[str]:
    """The chunks that there are now: any other is of an earlier checkpoint."""
    return [HEAD, *(name for name, _, _ in (*_feeds(parts), *_assets(parts)))]


def _feeds(parts: Parts) -> Iterator[tuple[str, int, int]]:
    return _spans(FEEDS, len(parts.scanner.sources), FEEDS_PER_CHUNK)


def _assets(parts: Parts) -> Iterator[tuple[str, int, int]]:
    return _spans(ASSETS, len(parts.scanner.assets), ASSETS_PER_CHUNK)


def _spans(name: str, count: int, size: int) -> Iterator[tuple[str, int, int]]:
    """The name of each chunk, its first row and the one after its last."""
    for start in range(0, count, size):
        yield f"{name}/{start // size:05d}", start, min(start + size, count)


def pack(parts: Parts, only_changed: bool) -> Iterator[tuple[str, bytes]]:
    """The chunks by name; if so asked, without those in which nothing has changed."""
    arrays, sources = parts.state.arrays, parts.scanner.sources.texts
    parts.endings.release(parts.head, arrays)
    if parts.head_is_new or not only_changed:
        yield HEAD, _pack(parts.head)
    for name, start, stop in _feeds(parts):
        fields = parts.fields_of(start, stop)
        if not only_changed or fields != parts.feeds.get(name):
            yield name, _pack({"sources": sources[start:stop], "fields": fields})
    contacts = arrays["contacts"][: int(parts.state.now["contacts"][0])]
    contacts = contacts[np.argsort(contacts["asset"], kind="stable")]
    changed = arrays["assets"]["changed"]
    for name, start, stop in _assets(parts):
        if not only_changed or changed[start:stop].any():
            first, end = np.searchsorted(contacts["asset"], [start, stop])
            yield name, _pack(_chunk(parts, start, stop, contacts[first:end]))


def _chunk(parts: Parts, start: int, stop: int, contacts: Array) -> dict[str, Any]:
    arrays, scanner, seen = parts.state.arrays, parts.scanner, parts.strange.seen
    names = list(parts.head["classes"])
    contacts["asset"] -= start
    return {
        "assets": scanner.assets.texts[start:stop],
        "classes": [names[tag] for tag in scanner.assets.tags[start:stop]],
        "fields": {name: _cut(arrays[name][start:stop]) for name in _OF_ASSETS},
        "contacts": _cut(contacts),
        "unknown": [sorted(seen.get(row, ())) for row in range(start, stop)],
        "models": [parts.models.state(row) for row in range(start, stop)],
        "endings": [parts.endings.due.get(row, []) for row in range(start, stop)],
    }


def _cut(array: Array) -> dict[str, bytes]:
    # field by field: between the fields of a record are bytes that mean nothing
    names = [name for name in array.dtype.names or () if name not in _LINKS]
    return {name: array[name].tobytes() for name in names}


def unpack(chunks: Mapping[str, bytes], parts: Parts) -> list[str]:
    """Fills the parts of a new monitor; what begins anew or is left out, as sentences.

    Raises ValueError, KeyError, zlib.error or msgspec.DecodeError on what is no checkpoint of ours.
    """
    meaning = Meaning(_unpack(chunks[HEAD]), parts.head)
    for name in sorted(chunks, key=_in_order):
        kind = name.partition("/")[0]
        if kind == FEEDS:
            _take_feeds(_unpack(chunks[name]), meaning, parts)
        elif kind == ASSETS:
            _take(_unpack(chunks[name]), meaning, parts)
    _link(parts.state)
    if meaning.same:
        parts.note_written()
    else:
        parts.state.arrays["assets"]["changed"][: len(parts.scanner.assets)] = 1
    return meaning.notes


def _in_order(name: str) -> tuple[bool, int, str]:
    """Feeds before the assets that have contacts with them; 100000 after 99999."""
    return name.startswith(ASSETS), len(name), name


def _take_feeds(content: Mapping[str, Any], meaning: Meaning, parts: Parts) -> None:
    sources, state, start = content["sources"], parts.state, len(parts.scanner.sources)
    _add_new(parts.scanner.sources, sources, [0] * len(sources))
    state.reserve(0, 0, start + len(sources))
    pasted = Pasted(meaning, "feeds", content["fields"], len(sources))
    pasted.into(state.arrays["feeds"], start)


def _add_new(known: Names, texts: Sequence[str], tags: Sequence[int]) -> None:
    """Numbers the next names; one that is there already would take another's row."""
    for text, tag in zip(texts, tags, strict=True):
        if known.number(text) >= 0:
            raise ValueError(f"the checkpoint has {text} twice")
        known.add(text, tag)


def _take(content: Mapping[str, Any], meaning: Meaning, parts: Parts) -> None:
    state, scanner = parts.state, parts.scanner
    kept = [n for n, name in enumerate(content["classes"]) if name in meaning.classes]
    start, count = len(scanner.assets), len(content["assets"])
    tags = [meaning.classes[content["classes"][n]].number for n in kept]
    _add_new(scanner.assets, [content["assets"][n] for n in kept], tags)
    rows = np.full(count, -1)
    rows[kept] = np.arange(start, start + len(kept))
    _take_contacts(content["contacts"], meaning, parts, rows)
    state.reserve(len(scanner.assets), 0, 0)
    for n in kept:
        row = int(rows[n])
        if content["unknown"][n]:
            parts.strange.seen[row] = set(content["unknown"][n])
        if content.get("endings") and content["endings"][n]:
            parts.endings.due[row] = list(content["endings"][n])
        parts.models.restore(row, content["models"][n])
    classes = np.array(content["classes"])
    pasted = {
        array: Pasted(meaning, array, content["fields"][array], count) for array in _OF_ASSETS
    }
    for name, of_class in meaning.classes.items():
        old = np.flatnonzero(classes == name)
        for array in _OF_ASSETS:
            pasted[array].of_class(state.arrays[array], old, rows[old], of_class)
        if not meaning.same:
            fields = {array: it.fields for array, it in pasted.items()}
            before = episodes(meaning.old, name, fields, old)
            before = {e._replace(asset=int(rows[e.asset])): at for e, at in before.items()}
            _end_lost(parts, name, before, rows[old])
    if not meaning.same:
        for n in kept:
            _end_drifts(parts, int(rows[n]), content["models"][n])


def _end_lost(parts: Parts, of_class: str, before: Mapping[Episode, int], rows: Array) -> None:
    """Ends what was on of these assets and is not any more, and counts the flaws that are left."""
    arrays, unlimited = parts.state.arrays, parts.head["classes"][of_class]["unlimited"]
    arrays["channels"]["beyond"][np.ix_(rows, unlimited)] = 0  # they are not judged now
    now = episodes(parts.head, of_class, arrays, rows)
    for episode, since_us in before.items():
        if episode not in now:
            parts.endings.note(episode, since_us, arrays["assets"], arrays["feeds"])
    of_channels = (arrays["channels"]["flaw_level"][rows] > 0).sum(axis=(1, 2))
    of_readings = (arrays["assets"]["flaw_level"][rows] > 0).sum(axis=1)
    arrays["assets"]["open_flaws"][rows] = of_channels + of_readings


def _end_drifts(parts: Parts, row: int, models: Mapping[str, Any]) -> None:
    """As those of a model that has other parameters now."""
    kept = parts.models.state(row)
    for key, model in models.items():
        if key not in kept and model["usual"] is not None:
            detector, channel, *_ = json.loads(key)
            names = [("detector", detector)]
            if channel != SCORE:
                names.append(("channel", channel))
            arrays, drift = parts.state.arrays, Episode(row, DRIFT_ENDED, tuple(names))
            parts.endings.note(drift, NEVER_US, arrays["assets"], arrays["feeds"])


def _take_contacts(
    fields: Mapping[str, bytes], meaning: Meaning, parts: Parts, rows: Array
) -> None:
    state, pasted = parts.state, Pasted(meaning, "contacts", fields, -1)
    if pasted.fields["source"].max(initial=-1) >= len(parts.scanner.sources):
        raise ValueError("the checkpoint has a contact with a feed that it lacks")
    assets = rows[pasted.fields["asset"]]
    kept = np.flatnonzero(assets >= 0)
    before = int(state.now["contacts"][0])
    state.reserve(0, before + len(kept), 0)
    pasted.into(state.arrays["contacts"], before, kept)
    state.arrays["contacts"]["asset"][before : before + len(kept)] = assets[kept]
    state.now["contacts"] = before + len(kept)


def _link(state: State) -> None:
    """Makes the lists of contacts anew, in the order in which contacts were made."""
    count, arrays = int(state.now["contacts"][0]), state.arrays
    made = arrays["contacts"][:count]
    made[:] = made[np.argsort(made["nth"], kind="stable")]
    state.now["made"] = made["nth"].max(initial=-1) + 1
    assets, contacts, feeds = (records(arrays[n]) for n in ("assets", "contacts", "feeds"))
    link_all(assets, contacts, feeds, count)


def _pack(content: Mapping[str, Any]) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(content), 1)


def _unpack(chunk: bytes) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.msgpack.decode(zlib.decompress(chunk), type=dict[str, Any])
    return content
