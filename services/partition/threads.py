"""How a process shares its time between the event loop and the logics of its partitions."""

import asyncio
import gc
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

_THREADS = 2
_SWITCH_S = 0.001
_YOUNG, _OLDER_EVERY = 20_000, 1_000
"""So many new objects are looked at together, for about 10 ms; what lived on, far less often."""

_logics = ThreadPoolExecutor(_THREADS, "logic")
"""Of all partitions together.  Each thread that computes may keep the event loop from its turn, so
that one a partition would block it; the second lets the others step while one is checkpointed."""


async def in_thread(call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """The result of `call`, made beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_logics, partial(call, *args, **kwargs))


def favour_the_loop() -> None:
    """For the whole process, once everything is imported: nothing keeps the event loop for long.

    A thread that computes gives way sooner.  Records hold no cycles: to look for some in all that
    wait and in all that was imported, again and again, would stop everything for 100 ms and cost a
    quarter of the time of fetching.
    """
    sys.setswitchinterval(_SWITCH_S)
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER_EVERY)
