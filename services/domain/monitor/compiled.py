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
    return array.view(np.recarray) if PLAIN else array
