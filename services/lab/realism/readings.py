"""Readings as JSON lines into parts: columns of one asset in order of time, in bounded memory."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np

from services.domain.wire import UNREADABLE
from simulators.noise import Floats

MOST_WAITING = 600_000
"""So many readings are kept at once; then the part of every asset so far is handed out."""

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "ship": ("sog_kn", "cog_deg", "heading_deg", "nav_status"),
    "aircraft": ("gs_kn", "baro_rate_ft_min", "alt_baro_ft", "nac_p", "on_ground"),
    "metro": ("speed_mps", "doors_open"),
}
"""The channels that the rows look at, by class."""


class Part(NamedTuple):
    """Readings of one asset in order of time, one a moment; what a reading lacks is NaN.

    The first is the last of the part before, so that every step is in one part.
    """

    asset: str
    time_s: Floats
    lat: Floats
    lon: Floats
    channels: Mapping[str, Floats]

    def where(self, kept: Any) -> "Part":
        """The readings at the places `kept`."""
        channels = {name: values[kept] for name, values in self.channels.items()}
        return Part(self.asset, self.time_s[kept], self.lat[kept], self.lon[kept], channels)


_Number = float | None
_NAMES = sorted({name for names in CHANNELS.values() for name in names})
_Channels = msgspec.defstruct(
    "_Channels", [(name, float, np.nan) for name in _NAMES], gc=False, frozen=True
)


class _Reading(msgspec.Struct, gc=False):
    asset: str
    asset_class: str
    time: msgspec.Raw
    lat: _Number = None
    lon: _Number = None
    channels: _Channels = _Channels()  # type: ignore[valid-type]


_decode = msgspec.json.Decoder(_Reading).decode
_GET = {name: attrgetter(*channels) for name, channels in CHANNELS.items()}


class Parts:
    """Reads lines and hands out parts; `unread` counts the lines that are no readings."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.readings = self.unread = 0
        self._most = most_waiting
        self._waiting = 0
        self._columns: dict[tuple[str, str], array[float]] = {}
        self._moments: dict[bytes, float] = {}

    def take(self, lines: Iterable[bytes]) -> Iterator[tuple[str, Part]]:
        """The next lines; the parts, with their class, that are full now."""
        for line in lines:
            try:
                self._read(line)
            except (*UNREADABLE, KeyError):
                self.unread += 1
            if self._waiting >= self._most:
                yield from self._hand_out(keep_last=True)

    def rest(self) -> Iterator[tuple[str, Part]]:
        """What was not handed out yet."""
        yield from self._hand_out(keep_last=False)

    def _read(self, line: bytes) -> None:
        said = _decode(line)
        values = _GET[said.asset_class](said.channels)
        columns = self._columns.setdefault((said.asset_class, said.asset), array("d"))
        place = (said.lat, said.lon) if said.lat is not None and said.lon is not None else _NOWHERE
        columns.extend((self._second(bytes(said.time)), *place, *values))
        self._waiting += 1
        self.readings += 1

    def _second(self, text: bytes) -> float:
        """Seconds since 1970; the same moment is told many times over."""
        second = self._moments.get(text)
        if second is None:
            if len(self._moments) > 100_000:
                self._moments.clear()
            second = self._moments[text] = _moment(text).timestamp()
        return second

    def _hand_out(self, keep_last: bool) -> Iterator[tuple[str, Part]]:
        self._waiting = 0
        for (asset_class, asset), columns in list(self._columns.items()):
            names = CHANNELS[asset_class]
            table = np.array(columns).reshape(-1, 3 + len(names))
            # Late and repeated readings come to their place; of one moment the first is kept.
            _, order = np.unique(table[:, 0], return_index=True)
            table = table[order]
            del self._columns[asset_class, asset]
            if keep_last:
                self._columns[asset_class, asset] = array("d", table[-1].tolist())
            if len(table) > 1 or not keep_last:
                time_s, lat, lon, *values = table.T
                yield (
                    asset_class,
                    Part(asset, time_s, lat, lon, dict(zip(names, values, strict=True))),
                )


_NOWHERE = (np.nan, np.nan)
_moment = msgspec.json.Decoder(datetime).decode
