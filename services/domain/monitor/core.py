"""The monitor of one partition: telemetry records in, signals out; pure.

A batch is scanned into columns and taken through the kernel, which writes what it concludes as rows
of numbers. Around it, in plain Python: channels that no class declares, the models that look at
closed minutes, and the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from schemas import ASSET_CLASSES, AssetClass
from schemas.zones import Zone, load_zones
from services.domain.compiled import records
from services.domain.detectors.baseline import scratch
from services.domain.form import Array
from services.domain.monitor import endings
from services.domain.monitor.concerns import zone_index
from services.domain.monitor.events import EVENT, FIGURES
from services.domain.monitor.keep import checkpoint, meaning
from services.domain.monitor.minute_models import MinuteModels
from services.domain.monitor.plan import plan_of
from services.domain.monitor.read.batch import Batch, Rejection
from services.domain.monitor.read.scan import Scanner
from services.domain.monitor.state import State
from services.domain.monitor.step import CHANNEL_ROOM, ROOM, STRANGE, step
from services.domain.monitor.strangers import StrangeChannels
from services.domain.monitor.write.signals import Writer

_EVENTS = 2_048


@dataclass(frozen=True)
class StepOutcome:
    """What a batch led to: (asset, JSON) signals in emission order, and what could not be read."""

    signals: list[tuple[str, bytes]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


@cache
def _index_of(zones: tuple[Zone, ...]) -> zone_index.Places:
    return zone_index.index_of(zones)


class MonitorCore:
    """The whole state of one partition; no input makes `step` raise."""

    def __init__(
        self,
        partition: int,
        topic: str = "telemetry",
        asset_classes: Mapping[str, AssetClass] = ASSET_CLASSES,
        zones: tuple[Zone, ...] | None = None,
    ) -> None:
        self.notes: list[str] = []
        """What a checkpoint said that means something else now."""
        self._scanner = Scanner(asset_classes)
        plan, zones = plan_of(asset_classes), load_zones() if zones is None else zones
        self._fixed = [records(array) for array in (*plan, *_index_of(zones))]
        width, models, rules = (t.shape[1] for t in (plan.channels, plan.judged, plan.rules))
        self._state = State(width, models, rules)
        room = max(_EVENTS, 4 * (ROOM + CHANNEL_ROOM * width + rules))
        self._events = np.zeros(room, EVENT)
        self._figures = np.zeros((room, len(FIGURES) + width))
        self._last = [records(self._events), self._figures, records(scratch(models))]
        self._strange = StrangeChannels()
        self._models = MinuteModels(asset_classes)
        self._endings = endings.Endings()
        names = self._scanner.assets, self._scanner.sources
        self._writer = Writer(f"{topic}-{partition}", asset_classes, zones, *names)
        self._parts = checkpoint.Parts(
            meaning.head_of(asset_classes, zones),
            self._state, self._scanner, self._strange, self._models,
            self._endings,
        )  # fmt: skip

    def step(
        self,
        offsets: Sequence[int],
        values: Sequence[bytes],
        keys: Sequence[bytes | None] | None = None,
    ) -> StepOutcome:
        """Takes the records at `offsets` in order; the same outcome however they are batched.

        Where `keys` are given, a reading under another key than its asset's id is rejected.  So
        is one of another class than the asset's first reading: it would be an asset of its own.
        """
        batch = self._scanner.batch(offsets, values, keys)
        signals = self._signals(batch) if len(batch.rows) else []
        return StepOutcome(signals, sorted(batch.rejected))

    def _signals(self, batch: Batch) -> list[tuple[str, bytes]]:
        """What the readings lead to: the kernel's events, and what plain Python adds to them."""
        events, figures = self._concluded(batch)
        if batch.unknown:
            events, figures = self._strange.expand(batch.unknown, events, figures)
        events, figures = self._models.watch(events, figures)
        events, figures, ended = self._endings.insert(batch.rows, events, figures)
        return endings.in_words(self._writer.signals(events, figures, batch.unknown), ended)

    def _concluded(self, batch: Batch) -> tuple[Array, Array]:
        """Runs the kernel, as often as there must be room made for its events."""
        state, scanner, rows = self._state, self._scanner, batch.rows
        contacts = int(state.now["contacts"][0]) + len(rows)
        state.reserve(len(scanner.assets), contacts, len(scanner.sources))
        if batch.unknown:
            rows["kind"][list(batch.unknown)] = STRANGE
        now, state.now["record"] = records(state.now), 0
        arrays = [records(array) for array in state.arrays.values()]
        given = now, records(rows), batch.values, *arrays, *self._fixed, *self._last
        parts: list[tuple[Array, Array]] = []
        while state.now["record"][0] < len(rows):
            if parts:  # there is more to come: keep what is there
                parts[-1] = parts[-1][0].copy(), parts[-1][1].copy()
            state.now["events"] = 0
            step(*given)
            count = int(state.now["events"][0])
            parts.append((self._events[:count], self._figures[:count]))
        if len(parts) == 1:
            return parts[0]
        events, figures = zip(*parts, strict=True)
        return np.concatenate(events), np.concatenate(figures)

    def snapshot(self) -> dict[str, bytes]:
        """The whole state by chunk name; `restore` of it goes on exactly as this would."""
        return dict(checkpoint.pack(self._parts, only_changed=False))

    def chunk_names(self) -> list[str]:
        """The names that `snapshot` would have now; a chunk of another name is no more."""
        return checkpoint.names(self._parts)

    def changes(self) -> dict[str, bytes]:
        """The chunks of `snapshot` that may be others than when `changes` was last asked."""
        chunks = dict(checkpoint.pack(self._parts, only_changed=True))
        self._parts.note_written()
        return chunks

    @classmethod
    def restore(
        cls,
        partition: int,
        chunks: Mapping[str, bytes],
        topic: str = "telemetry",
        asset_classes: Mapping[str, AssetClass] = ASSET_CLASSES,
        zones: tuple[Zone, ...] | None = None,
    ) -> "MonitorCore":
        """The monitor that `snapshot` was taken of; `notes` says what began anew."""
        core = cls(partition, topic, asset_classes, zones)
        if chunks:
            core.notes = checkpoint.unpack(chunks, core._parts)
        return core
