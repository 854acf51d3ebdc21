"""Quix Streams: a dataframe with a stateful function; state in RocksDB with a changelog topic."""

from typing import Any

from quixstreams import Application, State

from services.monitor.bench.peers.work import FAR, INPUT, Order, StopWatch, fresh, worst_score

_QUIET_S = 3.0


def run(order: Order) -> None:
    """Until no reading has come for a while; all are committed by then."""
    app = Application(
        broker_address=order.servers, consumer_group="bench-quix", auto_offset_reset="earliest",
        state_dir=order.scratch, loglevel="WARNING",
    )  # fmt: skip
    watch = StopWatch()

    def score(reading: dict[str, Any], state: State) -> dict[str, Any]:
        watch.count()
        held = state.get("scores") or fresh()
        worst = worst_score(held, reading["channels"].values())
        state.set("scores", held)
        return {"asset": reading["asset"], "score": worst}

    readings = app.topic(INPUT, value_deserializer="json")
    alerts = app.topic("signals", value_serializer="json")
    frame = app.dataframe(readings).apply(score, stateful=True)
    frame.filter(lambda told: told["score"] > FAR).to_topic(alerts)
    app.run(timeout=_QUIET_S, collect=False)
    watch.tell()


if __name__ == "__main__":
    run(Order.given())
