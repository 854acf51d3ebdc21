"""Alerts by the hundred, put where lifecycle would put them; the historian stores them."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas import AlertChange
from services.demo.line import Line

START = datetime(2026, 1, 1, tzinfo=UTC)


def alert(asset: str, number: int, **fields: Any) -> AlertChange:
    """The change after which alert `number` of the asset stands as `fields` say: firing and new."""
    time = START + timedelta(minutes=number)
    name = f"{asset}-{number}/silence"
    return AlertChange.model_validate(
        {
            "id": name, "alert": name, "asset": asset, "asset_class": "ship", "rule": "silence",
            "change": "opened", "cause": f"{asset}-{number}", "time": time, "recorded_at": time,
            "actor": "monitor", "severity": "warning", "condition": "firing", "handling": "new",
            "opened_at": time, "occurrences": 1, "summary": f"silent, number {number}", **fields,
        }
    )  # fmt: skip


def publish(line: Line, changes: Iterable[AlertChange]) -> None:
    """Puts the changes into Kafka; in a thread, since Playwright keeps a loop running in ours."""

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=line.bootstrap_servers) as producer:
            sent = [
                await producer.send("alerts", change.to_json(), key=change.asset.encode())
                for change in changes
            ]
            await asyncio.gather(*sent)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, send()).result()
