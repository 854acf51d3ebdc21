"""The words of signals as compiled code puts them together, each with the JSON around it."""

from collections.abc import Sequence

import msgspec
import numpy as np

from schemas import AssetClass
from schemas.messages import SCHEMA_VERSION
from schemas.zones import Zone
from services.domain.form import Array
from services.domain.monitor import events as ev
from services.domain.monitor.read.names import joined

_encode = msgspec.json.Encoder().encode

# what every signal is made of beside names and numbers
(
    ID, CAUSE, ASSET, INGEST_TIME, END_OF_TIMES, LAT, LON, VALUE, THRESHOLD, SCORE,
    EVIDENCE, END,
) = range(12)  # fmt: skip
_LITERALS = (
    b'{"version":%d,"id":"%%b-' % SCHEMA_VERSION, b'","cause":"%b-', b'","asset":"',
    b'","ingest_time":"', b'"', b',"lat":', b',"lon":', b',"value":', b',"threshold":',
    b',"score":', b',"evidence":', b"}",
)  # fmt: skip

# a line of `layout`: the first words of what a class has, then the numbers of its watched channels
CLASS, TRIP, MOVEMENT, FROM, TO, CHANNEL, WATCHED, COUNT, NUMBERS = range(9)
# the line of `common`: the first words of what all have
KINDS, DETECTORS, FLAWS, ZONES, ZONE_NAMES, FIGURES, SOURCES = range(7)
# a line of `evidence`, by kind and then by flaw: words of numbers, or
NOTHING, OF_MOVEMENT, OF_TRIP, OF_NAME = -1, -2, -3, -4
_EVIDENCE_WORDS = {"movement": OF_MOVEMENT, "trip": OF_TRIP, "name": OF_NAME}


class Words:
    """All words that signals are made of, joined; and where the compiled writer finds them."""

    def __init__(
        self, record: str, asset_classes: Sequence[AssetClass], zones: Sequence[Zone]
    ) -> None:
        self._words = [w % record.encode() if b"%b" in w else w for w in _LITERALS]
        self._widest = sum(map(len, self._words))  # of a signal, but for its names and numbers
        self._sources = -1
        self.common = np.zeros(7, dtype="i4")
        self.common[KINDS] = self._add(b',"kind":"%b","time":"', [k.name for k in ev.KINDS])
        self.common[DETECTORS] = self._quoted(b"detector", ev.DETECTORS)
        self.common[FLAWS] = self._quoted(b"flaw", ev.FLAWS)
        kinds = [_encode(zone.id) + b',"zone_kind":' + _encode(zone.kind) for zone in zones]
        self.common[ZONES] = self._add(b',"zone":%b', kinds)
        self.common[ZONE_NAMES] = self._quoted(b"name", [zone.name for zone in zones])
        self.common[FIGURES] = self._add(b',"%b":', ev.FIGURES, all_at_once=True)
        self.layout = self._of_classes(asset_classes)
        self.evidence = self._of_evidence()
        self.common[SOURCES] = len(self._words)
        self.grow(())

    def grow(self, sources: Sequence[str]) -> None:
        """Takes the names of the feeds, to which new ones are added at the end."""
        if self._sources != len(sources):
            self._sources = len(sources)
            encoded = [_encode(source) for source in sources]
            self.text, self.starts = joined([*self._words, *encoded])
            self.widest = self._widest + max(map(len, encoded), default=0)

    def _add(self, form: bytes, names: Sequence[str | bytes], all_at_once: bool = False) -> int:
        """Adds a word a name, of which a signal has one or all; the place of the first."""
        first = len(self._words)
        texts = [name.encode() if isinstance(name, str) else name for name in names]
        self._words += [form % text for text in texts]
        lengths = list(map(len, self._words[first:]))
        self._widest += sum(lengths) if all_at_once else max(lengths, default=0)
        return first

    def _quoted(self, field: bytes, names: Sequence[str]) -> int:
        return self._add(b',"' + field + b'":%b', [_encode(name) for name in names])

    def _of_classes(self, asset_classes: Sequence[AssetClass]) -> Array:
        width = max((len(each.channels) for each in asset_classes), default=0)
        layout = np.zeros((len(asset_classes), NUMBERS + width), dtype="i4")
        for line, each in zip(layout, asset_classes, strict=True):
            states, channels = states_of(each), [channel.name for channel in each.channels]
            watched = [n for n, channel in enumerate(each.channels) if each.sums_up(channel)]
            names = [_encode(channels[n]) for n in watched]
            line[CLASS] = self._add(b'","asset_class":%b,"source":', [_encode(each.name)])
            line[TRIP] = self._quoted(b"trip", [each.trip.name])
            line[MOVEMENT] = self._quoted(b"movement", states)
            line[FROM] = self._quoted(b"from_state", states)
            line[TO] = self._quoted(b"to_state", states)
            line[CHANNEL] = self._quoted(b"channel", channels)
            line[WATCHED] = self._add(b",%b:", names, all_at_once=True)
            line[COUNT] = len(watched)
            line[NUMBERS : NUMBERS + len(watched)] = watched
        return layout

    def _of_evidence(self) -> Array:
        lines = [*(kind.evidence for kind in ev.KINDS), *ev.FLAG_EVIDENCE]
        names = sorted({name for line in lines for name in line} - _EVIDENCE_WORDS.keys())
        first = self._add(b',"%b":', names, all_at_once=True)
        found = {name: first + n for n, name in enumerate(names)} | _EVIDENCE_WORDS
        table = np.full((len(lines), max(map(len, lines))), NOTHING, dtype="i4")
        for line, given in zip(table, lines, strict=True):
            line[: len(given)] = [found[name] for name in given]
        return table


def states_of(asset_class: AssetClass) -> list[str]:
    """The names of the movements, by their numbers."""
    return ["UNKNOWN", *(state.name for state in asset_class.movement)]
