"""What makes the kernel machine code; nothing else knows numba.

    @entry       a function that Python calls: compiled once, kept on disk (services.folders)
    @compiled    a function that only compiled code calls: becomes part of its callers
    @called      one that is called in many places and too large to become part of each
    records()    an array of records whose fields are read and written as attributes in both modes

With NUMBA_DISABLE_JIT=1 the same source runs as plain Python and gives the same bytes: for the
debugger, for coverage, and as the reference.  Therefore no fast mathematics; a division by zero
follows numpy, so that a kernel has to ask before it divides.  Values of module globals are frozen
into the machine code: what is a setting is an argument.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import numba
import numpy as np

from services.domain.form import Array

_Function = TypeVar("_Function", bound=Callable[..., Any])

_config: Any = numba.config  # filled in at run time

PLAIN = bool(_config.DISABLE_JIT)
"""Whether the source runs as it is."""

KEPT = bool(_config.CACHE_DIR)
"""Whether the machine code is kept from one start to the next; otherwise each one compiles."""


def compiled(function: _Function) -> _Function:
    """Compiles a function into those that call it."""
    return cast(_Function, numba.njit(forceinline=True, error_model="numpy")(function))


def called(function: _Function) -> _Function:
    """Compiles a larger function once for all the places that call it."""
    return cast(_Function, numba.njit(error_model="numpy")(function))


def entry(function: _Function) -> _Function:
    """Compiles a function that Python calls, at its first call or from the disk."""
    return cast(_Function, numba.njit(cache=KEPT, nogil=True, error_model="numpy")(function))


def records(array: Array) -> Array:
    """The same memory as records with attributes; compiled code takes any record so."""
    return cast(Array, _Records(array)) if PLAIN and array.dtype.names else array


class _Records:
    """An array of records for plain Python, each made once: most are read again and again."""

    __slots__ = ("_array", "_made", "dtype", "shape")

    def __init__(self, array: Array) -> None:
        self._array, self.dtype, self.shape = array, array.dtype, array.shape
        self._made: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, place: Any) -> Any:
        try:
            return self._made[place]
        except (KeyError, TypeError):  # a slice has no hash
            return self._make(place)

    def __setitem__(self, place: Any, record: "_Record") -> None:
        self._array[place] = record._fields

    def _make(self, place: Any) -> Any:
        found = self._array[place]
        if isinstance(found, np.void):
            where = place if isinstance(place, tuple) else (place,)
            self._made[place] = made = _class_of(self.dtype)(self._array[(*where, ...)])
            return made
        if isinstance(place, slice):
            return _Records(found)
        self._made[place] = part = _Records(found)
        return part


class _Record:
    """One record; what is written to it is written to its array.

    Its fields are properties that read the array's memory: Python counts with its own numbers
    several times faster than with those of numpy.
    """

    __slots__ = ("_fields", "_views")

    def __init__(self, fields: Array) -> None:
        self._fields = fields
        self._views = [_view(fields[name]) for name in fields.dtype.names or ()]


def _view(field: Array) -> Any:
    """The same memory; several numbers stay an array unless they are doubles."""
    plain = field.flags.aligned and (field.ndim == 0 or field.dtype == np.float64)
    return memoryview(cast(Any, field)) if plain else field


@cache
def _class_of(dtype: "np.dtype[Any]") -> type[_Record]:
    """Records whose fields are properties."""
    fields = {
        name: _several(n) if dtype[name].shape else _one(n, whole=dtype[name].kind in "iu")
        for n, name in enumerate(dtype.names or ())
    }
    return type("_RecordOf", (_Record,), {"__slots__": (), **fields})


def _one(n: int, whole: bool) -> property:
    def read(record: _Record) -> Any:
        return record._views[n][()]

    def write(record: _Record, value: Any) -> None:
        record._views[n][()] = int(value) if whole else value

    return property(read, write)


def _several(n: int) -> property:
    return property(lambda record: record._views[n])
