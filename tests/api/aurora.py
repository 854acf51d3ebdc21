"""One ship, Aurora, with its life and its alerts, and one alert of another."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas import AlertChange, Fact, Message, Transition
from services.historian.sink import Sink
from tests.historian.records import START, reading, told

_DUE = START + timedelta(days=9)


def fill(dsn: str) -> None:
    """Stores them as the historian would."""
    sink = Sink(dsn)
    messages: dict[str, list[Message]] = {
        "telemetry": [*(reading(n, labels={"destination": "NLRTM"}) for n in range(100))],
        "facts": [
            fact(0, "ordered", name="Aurora", details={"imo": "9321483"}),
            fact(3, "surveyed", document="S-1"),
            fact(6, "particulars", supersedes="f0", details={"imo": "1"}),
            fact(7, "retracted", supersedes="f6"),
            fact(8, "employed"),
            fact(4, "delivered", lease="L1", lessee="Blue", until=START + timedelta(days=900)),
        ],
        "transitions": [
            transition(0, "title", "NONE>ORDERED"),
            transition(2, "title", "BUILT>ACCEPTED"),
            transition(4, "contract", "COMMITTED>ON_LEASE", lease="L1", lessee="Blue"),
            transition(4, "employment", "NOT_EMPLOYED>EMPLOYED"),
            transition(5, "movement", "AT_ANCHOR>UNDER_WAY"),
            # declared ahead, and told when it was due
            transition(8, "employment", "IDLE>EMPLOYED", cause="s1/due", recorded_at=_DUE),
        ],
        "alerts": [
            change("acked", 9, handling="acknowledged", silenced_until=START),
            change("cleared", 8, condition="cleared"),
            change("new", 1),
            change("newer", 2),
            change("done", 12, handling="done"),
            change(
                "done", 12, handling="done", id="c1/overspeed", change="judged", verdict="expected"
            ),
            change("worst", 0, severity="emergency", handling="acknowledged"),
            change(
                "gravest",
                11,
                severity="emergency",
                condition="cleared",
                handling="acknowledged",
                asks_verdict=True,
                rule="limit:main_brg_degc",
            ),
            change("silenced", 7, silenced_until=datetime(2199, 1, 1, tzinfo=UTC)),
            change("elsewhere", 0, asset="ship-3", handling="done"),
        ],
    }
    sink.take_over([(topic, 0) for topic in messages])
    for topic, batch in messages.items():
        sink.write(told(batch, topic))
    sink.close()


def fact(day: int, kind: str, **more: Any) -> Fact:
    """Declared so many days after START."""
    at = START + timedelta(days=day)
    return Fact.model_validate(
        {
            "id": f"f{day}", "asset": "ship-1", "asset_class": "ship", "kind": kind,
            "valid_from": at, "recorded_at": at, "source": "desk", **more,
        }
    )  # fmt: skip


def transition(day: int, region: str, move: str, **more: Any) -> Transition:
    """A move of a region, so many days after START."""
    at, (from_state, to_state) = START + timedelta(days=day), move.split(">")
    return Transition.model_validate(
        {
            "id": f"f{day}/{region}", "cause": f"f{day}", "asset": "ship-1",
            "asset_class": "ship", "region": region, "from_state": from_state,
            "to_state": to_state, "valid_from": at, "recorded_at": at, "source": "desk",
            "details": {"fact": f"f{day}"}, **more,
        }
    )  # fmt: skip


def change(name: str, minute: int, **more: Any) -> AlertChange:
    """The opening of an alert called by its cause, so many minutes after START."""
    at = START + timedelta(minutes=minute)
    return AlertChange.model_validate(
        {
            "id": f"{name}/overspeed", "alert": f"{name}/overspeed", "asset": "ship-1",
            "asset_class": "ship", "rule": "overspeed", "change": "opened", "cause": name,
            "time": at, "recorded_at": at, "actor": "monitor", "severity": "alarm",
            "condition": "firing", "handling": "new", "opened_at": at, "occurrences": 1,
            "summary": "26 kn where 25 are allowed", **more,
        }
    )  # fmt: skip
