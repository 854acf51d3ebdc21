"""Background tasks under supervision: none of them ends unnoticed."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def until(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
    """Runs `work`, which has no end of its own, until `stop`; then cancels it.

    Raises what the first of them raised, RuntimeError when one merely returned.
    """
    tasks = [asyncio.create_task(one) for one in work]
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task in done:
                task.result()
                raise RuntimeError(f"{task.get_coro()} has ended by itself")
    finally:
        for each in (stopping, *tasks):
            each.cancel()
        await asyncio.gather(stopping, *tasks, return_exceptions=True)
