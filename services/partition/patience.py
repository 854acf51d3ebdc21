"""How long a fetch waits in the broker: briefly while records come, long while none do.

A consumer of aiokafka has one fetch under way at a time, which leaves out the partitions that it
still holds records of: those wait until it has ended, so that it must be brief while records come.
A quiet consumer leaves out none, and gets a record at once however long its fetch may wait; with
brief ones it would only keep the broker and itself busy, 20 times a second each.
"""

import asyncio
from typing import Any

QUIET_WAIT_MS = 500
"""What else the consumer asks the broker waits behind a fetch, so long at the most."""

_QUIET_AFTER_S = 0.2


def fetch_patiently(consumer: Any, wait_ms: int, min_bytes: int = 1) -> None:
    """Of a started consumer: `wait_ms` and `min_bytes` hold for its fetches while records come."""
    fetcher = consumer._fetcher
    if not isinstance(fetcher._get_actions_per_node, _Patience):
        fetcher._get_actions_per_node = _Patience(fetcher, wait_ms, min_bytes)


class _Patience:
    """Called by aiokafka's fetcher whenever it may fetch anew, to say what."""

    def __init__(self, fetcher: Any, wait_ms: int, min_bytes: int) -> None:
        self._fetcher = fetcher
        self._decide = fetcher._get_actions_per_node
        self._brief = wait_ms, min_bytes
        self._before: tuple[Any, list[Any]] = (None, [])
        self._stirred_s = 0.0

    def __call__(self, assignment: Any) -> Any:
        fetcher, now_s = self._fetcher, asyncio.get_running_loop().time()
        if self._is_stirring(assignment):
            self._stirred_s = now_s
        quiet = now_s >= self._stirred_s + _QUIET_AFTER_S
        fetcher._fetch_max_wait_ms, fetcher._fetch_min_bytes = (
            (QUIET_WAIT_MS, 1) if quiet else self._brief
        )
        return self._decide(assignment)

    def _is_stirring(self, assignment: Any) -> bool:
        """Whether records came since the last call, or the partitions are others or not all ours.

        What the consumer took at once is not in hand any more: its positions tell of it.
        """
        before, states = self._before, [assignment.state_value(tp) for tp in assignment.tps]
        self._before = (assignment, [one.has_valid_position and one.position for one in states])
        in_hand = bool(self._fetcher._records)
        return in_hand or before != self._before or any(one.paused for one in states)
