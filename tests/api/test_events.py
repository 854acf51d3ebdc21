"""The streams go on over an error that nobody foresaw."""

import asyncio
from typing import Any

import pytest

from services.api import events


class OddDatabase:
    """Answers with rows that make no sense at first."""

    def __init__(self) -> None:
        self.answers: list[list[dict[str, Any]]] = [[{"asset": "ship-1"}]]

    async def rows(self, _name: str, **_parameters: Any) -> list[dict[str, Any]]:
        return self.answers.pop() if self.answers else []


async def test_an_unexpected_error_does_not_end_the_feed_of_the_fleet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "_FLEET_EVERY_S", 0)
    hub = events.Hub()
    with hub.client() as queue:
        feed = asyncio.create_task(events.follow_fleet(hub, OddDatabase()))  # type: ignore[arg-type]
        message = asyncio.ensure_future(queue.get())
        await asyncio.wait([feed, message], return_when=asyncio.FIRST_COMPLETED, timeout=120)
        assert not feed.done()
        assert message.result() == b'event: fleet\ndata: {"assets":[]}\n\n'
        feed.cancel()
