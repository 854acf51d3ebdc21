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
from schemas.zones import load_zones
from services.domain.detectors.baseline import scratch
from services.domain.detectors.form import Array
from services.domain.monitor import checkpoint, zone_index
from services.domain.monitor.batch import Batch, Rejection
from services.domain.monitor.compiled import records
from services.domain.monitor.emit import Words, Writer
from services.domain.monitor.events import EVENT, FIGURES, MINUTE_SUMMARY, UNKNOWN_CHANNELS
from services.domain.monitor.minute_models import MinuteModels
from services.domain.monitor.plan import plan_of
from services.domain.monitor.scan import Scanner
from services.domain.monitor.state import State
from services.domain.monitor.step import CHANNEL_ROOM, ROOM, STRANGE, step
from services.domain.monitor.strangers import StrangeChannels

_EVENTS = 2_048


@dataclass(frozen=True)
class StepOutcome:
    """What a batch led to: (asset, JSON) signals in emission order, and what could not be read."""

    signals: list[tuple[str, bytes]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


@cache
def _places() -> zone_index.Places:
    return zone_index.index_of(load_zones())


class MonitorCore:
    """The whole state of one partition; no input makes `step` raise."""

    def __init__(
        self,
        partition: int,
        topic: str = "telemetry",
        asset_classes: Mapping[str, AssetClass] = ASSET_CLASSES,
    ) -> None:
        self._scanner = Scanner(asset_classes)
        plan = plan_of(asset_classes)
        self._fixed = [records(array) for array in (*plan, *_places())]
        width, models = plan.channels.shape[1], plan.judged.shape[1]
        self._state = State(width, models)
        room = max(_EVENTS, 4 * (ROOM + CHANNEL_ROOM * width))
        self._events = np.zeros(room, EVENT)
        self._figures = np.zeros((room, len(FIGURES) + width))
        self._last = [records(self._events), self._figures, records(scratch(models))]
        self._strange = StrangeChannels()
        self._models = MinuteModels()
        self._writer = Writer(Words(asset_classes, load_zones()), f"{topic}-{partition}")

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
        signals: list[tuple[str, bytes]] = []
        if len(batch.rows):
            self._run(batch, signals)
        return StepOutcome(signals, sorted(batch.rejected))

    def _run(self, batch: Batch, signals: list[tuple[str, bytes]]) -> None:
        state, scanner, rows = self._state, self._scanner, batch.rows
        contacts = int(state.now["contacts"][0]) + len(rows)
        state.reserve(len(scanner.assets), contacts, len(scanner.sources))
        if batch.unknown:
            rows["kind"][list(batch.unknown)] = STRANGE
        now, state.now["record"] = records(state.now), 0
        arrays = [records(array) for array in state.arrays.values()]
        given = now, records(rows), batch.values, *arrays, *self._fixed, *self._last
        self._writer.begin()
        while state.now["record"][0] < len(rows):
            state.now["events"] = 0
            step(*given)
            count = int(state.now["events"][0])
            signals += self._written(batch, self._events[:count], self._figures[:count])

    def _written(self, batch: Batch, events: Array, figures: Array) -> list[tuple[str, bytes]]:
        """The kernel's events as signals, with what plain Python adds to them."""
        names: list[str] = []
        if batch.unknown and (events["kind"] == UNKNOWN_CHANNELS).any():
            events, figures, names = self._strange.expand(batch.unknown, events, figures)
        if (events["kind"] == MINUTE_SUMMARY).any():
            events, figures = self._models.watch(events, figures)
        texts = self._scanner.assets.texts, self._scanner.sources.texts
        return self._writer.write(events, figures, *texts, names)

    def snapshot(self) -> dict[str, bytes]:
        """The whole state by chunk name; `restore` of it goes on exactly as this would."""
        return checkpoint.pack(self._state, self._scanner, self._strange, self._models)

    @classmethod
    def restore(
        cls, partition: int, chunks: Mapping[str, bytes], topic: str = "telemetry"
    ) -> "MonitorCore":
        """The monitor that `snapshot` was taken of."""
        core = cls(partition, topic)
        checkpoint.unpack(chunks, core._state, core._scanner, core._strange, core._models)
        return core
