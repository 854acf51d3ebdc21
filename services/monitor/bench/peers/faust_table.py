"""Faust: an agent that takes one message at a time, and a Table that holds the states."""

import os
import sys
from typing import Any

import faust

from services.monitor.bench.peers.work import FAR, INPUT, Order, StopWatch, fresh, worst_score

PARTITIONS = 4


def run(order: Order) -> None:
    """Until so many readings are taken; ends the process."""
    app = faust.App(
        "bench-faust", broker=f"kafka://{order.servers}", store="memory://",
        topic_partitions=PARTITIONS, topic_replication_factor=1, web_enabled=False,
        datadir=order.scratch,
    )  # fmt: skip
    readings = app.topic(INPUT, key_type=bytes, value_serializer="json")
    alerts = app.topic("signals", key_type=bytes, value_serializer="json")
    states = app.Table("states", default=fresh, partitions=PARTITIONS)
    watch = StopWatch()

    @app.agent(readings)
    async def score(stream: Any) -> None:
        async for key, reading in stream.items():
            if watch.count() >= order.readings:
                watch.tell()
                os._exit(0)  # a worker that is asked to stop takes seconds to leave
            if "asset" not in reading:
                continue
            state = states[reading["asset"]]
            worst = worst_score(state, reading["channels"].values())
            states[reading["asset"]] = state
            if worst > FAR:
                await alerts.send(key=key, value={"asset": reading["asset"], "score": worst})

    sys.argv[1:] = []
    faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    run(Order.given())
