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
from typing import Any, TypeVar, cast

import numba
import numpy as np

from services.domain.detectors.form import Array

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
    """An array of records for plain Python; numpy's own recarray takes four times as long."""

    __slots__ = ("_array", "dtype", "shape")

    def __init__(self, array: Array) -> None:
        self._array, self.dtype, self.shape = array, array.dtype, array.shape

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, place: Any) -> Any:
        found = self._array[place]
        return _Record(found) if isinstance(found, np.void) else _Records(found)

    def __setitem__(self, place: Any, record: "_Record") -> None:
        self._array[place] = record._fields


class _Record:
    """One record; what is written to it is written to its array."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Any) -> None:
        object.__setattr__(self, "_fields", fields)

    def __getattr__(self, name: str) -> Any:
        return self._fields[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self._fields[name] = value
