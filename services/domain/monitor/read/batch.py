"""A batch of telemetry in columns: one row a record that could be read, in arrival order.

The rows are records of one dtype for all classes, so that the kernel is compiled once; the values
are as wide as the widest class and stand in the order of the row's own class, NaN where absent.
"""

from typing import NamedTuple

import numpy as np

from services.domain.form import Array

READING, TICK = 0, 1
"""Kinds of a row."""

NO_SEQ = -(1 << 63)
"""The sequence number of what has none: a tick."""

ROW = np.dtype(
    [
        ("offset", "i8"),  # in the partition of telemetry
        ("time_us", "i8"),  # event time, microseconds since 1970; a tick: its ingest time
        ("ingest_us", "i8"),
        ("seq", "i8"),
        ("lat", "f8"),  # degrees; NaN absent
        ("lon", "f8"),
        ("asset", "i4"),  # row of the asset in the core's state; -1 of a tick
        ("source", "i4"),  # number of the feed
        ("asset_class", "u1"),  # number of the class; 0 of a tick
        ("kind", "u1"),
    ],
    align=True,
)


class Rejection(NamedTuple):
    """A record that could not be read: a short reason code and a sentence."""

    offset: int
    reason: str
    detail: str


class Batch(NamedTuple):
    """The readable records, and what does not fit into columns."""

    rows: Array  # of ROW
    values: Array  # f8, (rows, channels of the widest class)
    unknown: dict[int, list[tuple[str, float]]]  # by row: channels that the class does not declare
    rejected: list[Rejection]
