"""The fields of a checkpoint's arrays, each number written where it belongs now."""

from collections.abc import Iterator, Mapping

import numpy as np

from services.domain.form import Array
from services.domain.monitor.keep.meaning import ClassMap, Meaning, Places
from services.domain.monitor.state import BLANK

PARTS = {"channels": "channels", "models": "judged", "alarms": "judged", "rules": "rules"}
"""Arrays with several records an asset: what of a class they are one for."""


class Pasted:
    """The fields of an array as a checkpoint holds them, those whose type is still the same."""

    def __init__(self, meaning: Meaning, array: str, data: Mapping[str, bytes], rows: int) -> None:
        self._meaning, self.fields = meaning, dict[str, Array]()
        self._part = PARTS.get(array)
        classes = meaning.old["classes"].values()
        tail = (max(1, *(len(c[self._part]) for c in classes)),) if self._part else ()
        for field, kind, shape in meaning.old["fields"][array]:
            if field in data:
                values = np.frombuffer(data[field], kind).reshape(rows, *tail, *shape)
                if field.startswith("flaw_") and not meaning.same:
                    of_channel = array == "channels"
                    places = meaning.channel_flaws if of_channel else meaning.reading_flaws
                    values = _by_flaw(values, places, BLANK[array][field])
                self.fields[field] = values

    def into(self, target: Array, start: int, old: Array | None = None) -> None:
        """Writes the rows (those of `old`) one after the other."""
        for field, values in self._fitting(target):
            rows = values if old is None else values[old]
            target[field][start : start + len(rows)] = rows

    def of_class(self, target: Array, old: Array, rows: Array, of_class: ClassMap) -> None:
        """Writes the rows of one class, each number in the place that it has now."""
        if self._part is None:
            for field, values in self._fitting(target):
                self._asset_field(target[field], field, values[old], rows, of_class)
            return
        places = getattr(of_class, self._part)
        was, now = (np.array(list(n), np.int64) for n in (places, places.values()))
        for field, values in self._fitting(target):
            target[field][np.ix_(rows, now)] = values[np.ix_(old, was)]

    def _fitting(self, target: Array) -> Iterator[tuple[str, Array]]:
        for field, values in self.fields.items():
            if field not in (target.dtype.names or ()):
                continue
            dtype = target.dtype[field]
            if dtype.base == values.dtype and dtype.shape == values.shape[target.ndim :]:
                yield field, values

    def _asset_field(
        self, target: Array, field: str, values: Array, rows: Array, of_class: ClassMap
    ) -> None:
        if field in ("zone", "verge"):
            values = _moved(values, self._meaning.zones, -1)
        elif field in ("state", "candidate"):
            values = _moved(values, of_class.states, 0)
        elif field == "asset_class":
            values = np.full_like(values, of_class.number)
        elif field in ("fast_since", "overspeed") and not of_class.overspeed:
            return
        target[rows] = values


def _by_flaw(values: Array, places: Places, blank: Array) -> Array:
    """The last axis, one place a flaw, as flaws are numbered now."""
    moved = np.empty((*values.shape[:-1], blank.shape[-1]), values.dtype)
    moved[:] = blank[0]
    moved[..., list(places.values())] = values[..., list(places)]
    return moved


def _moved(values: Array, places: Places, absent: int) -> Array:
    """Each number as it is now; `absent` where it is no more."""
    moved = np.full_like(values, absent)
    for old, now in places.items():
        moved[values == old] = now
    return moved
