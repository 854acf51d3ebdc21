"""What makes machine code of the simulators' inner loops; nothing else here knows numba.

    @elementwise("f8(u8,i8)")   a function of single numbers that takes arrays, as numpy's own do
    @entry                      a function that Python calls: compiled once, kept on disk
    @inner                      a function that only those call: becomes part of its callers

No fast mathematics: a number is the same on every machine, and the same as numpy's.  Sines and
exponentials, whose last digits differ from numpy's, stay with numpy.  A kept function is compiled
anew when its own file has changed: what it calls, and constants that it uses, stand there too.
"""

import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Elementwise = Callable[..., npt.NDArray[np.float64]]


def _without_scipy() -> Any:
    """numba without scipy, a sixth of a start: it would ask for the BLAS of matrix products."""
    modules: dict[str, Any] = sys.modules
    blas = modules.setdefault("scipy.linalg.cython_blas", None)
    import numba.extending
    import numba.np.arraymath  # which asks

    if blas is None:
        del modules["scipy.linalg.cython_blas"]
    return numba


_numba = _without_scipy()
_KEPT = bool(_numba.config.CACHE_DIR)


def elementwise(signature: str) -> Callable[[Callable[..., float]], _Elementwise]:
    """Makes a function of numbers one of arrays, each with each as numpy broadcasts them."""
    decorator: Callable[[Callable[..., float]], _Elementwise]
    decorator = _numba.vectorize([signature], cache=_KEPT)
    return decorator


def entry(function: _Function) -> _Function:
    """Compiles a function at its first call, or takes it from the disk."""
    return cast(_Function, _numba.njit(cache=_KEPT, nogil=True, error_model="numpy")(function))


def inner(function: _Function) -> _Function:
    """Compiles a function into those that call it; Python may call it as it stands."""
    return cast(_Function, _numba.extending.register_jitable(function))
