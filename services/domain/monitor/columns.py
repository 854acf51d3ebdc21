"""State in columns: one numpy array a quantity, one row an asset, growing by doubling.

A concern (quality, movement, ...) declares its columns as rows of a table: name -> (dtype, value
of a row never written, width). A width of 0 is a plain column; otherwise the row is a vector of
that width.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from services.domain.detectors.form import Array, Column

_FIRST_CAPACITY = 64


class Columns(dict[str, Array]):
    """The columns by name, with the names of the assets that own the rows.

    An array may be longer than `len(assets)`; the rows beyond hold fill values.  Arrays are
    replaced when they grow, so they are looked up by name at each use and never kept.
    """

    def __init__(self, table: Mapping[str, Column]) -> None:
        super().__init__((name, column.empty(_FIRST_CAPACITY)) for name, column in table.items())
        self.table = dict(table)
        self.assets: list[str] = []
        self._row: dict[str, int] = {}
        self._capacity = _FIRST_CAPACITY

    def rows_of(self, assets: Sequence[str]) -> Array:
        """The row of each asset; an asset never seen gets the next row, in order of appearance."""
        find = self._row.get
        rows = [find(asset, -1) for asset in assets]
        if -1 in rows:
            rows = [self._add(asset) for asset in assets]
        return np.array(rows, dtype=np.int64)

    def _add(self, asset: str) -> int:
        row = self._row.setdefault(asset, len(self.assets))
        if row == len(self.assets):
            self.assets.append(asset)
            if row == self._capacity:
                self._grow()
        return row

    def _grow(self) -> None:
        for name, column in self.table.items():
            self[name] = np.concatenate([self[name], column.empty(self._capacity)])
        self._capacity *= 2

    def cut(self, start: int, stop: int) -> dict[str, tuple[str, bytes]]:
        """Rows start..stop of every column as (dtype, bytes), for a snapshot."""
        return {
            name: (array.dtype.str, array[start:stop].tobytes()) for name, array in self.items()
        }

    def paste(self, assets: Sequence[str], cut: Mapping[str, tuple[str, bytes]]) -> None:
        """Append rows that `cut` took; unknown columns are dropped, new ones filled."""
        rows = self.rows_of(assets)
        for name, column in self.table.items():
            if name in cut:
                dtype, data = cut[name]
                self[name][rows] = np.frombuffer(data, dtype=dtype).reshape(
                    len(rows), *_tail(column)
                )


def _tail(column: Column) -> tuple[int, ...]:
    return (column.width,) if column.width else ()
