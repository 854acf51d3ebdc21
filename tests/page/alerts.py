"""Alerts for the desk: many at once as lifecycle would tell them, or one that telemetry causes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas import AlertChange, Reading
from services.line.line import Line
from tests.page.publishing import publish

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def alert(asset: str, number: int, **fields: Any) -> AlertChange:
    """Alert `number` of a ship as it stands after its opening; `fields` say what is otherwise."""
    time = SINCE + timedelta(minutes=number)
    name = f"{asset}-{number}/silence"
    return AlertChange.model_validate(
        {
            "id": name, "alert": name, "asset": asset, "asset_class": "ship", "rule": "silence",
            "change": "opened", "cause": f"{asset}-{number}", "time": time, "recorded_at": time,
            "actor": "monitor", "severity": "caution", "condition": "firing", "handling": "new",
            "opened_at": time, "occurrences": 1, "summary": f"silent, number {number}", **fields,
        }
    )  # fmt: skip


@contextmanager
def open_alerts(line: Line, asset: str, count: int) -> Iterator[list[AlertChange]]:
    """So many open cautions of one ship; in the end all are done."""
    opened = [alert(asset, number) for number in range(count)]
    publish(line, "alerts", opened)
    try:
        yield opened
    finally:
        publish(line, "alerts", [done(one) for one in opened])


def done(change: AlertChange) -> AlertChange:
    """The change after which the alert is done."""
    end = {"change": "resolved", "condition": "cleared", "handling": "done", "actor": "system"}
    return change.model_copy(update={"id": f"{change.id}-done", **end})


def aground(line: Line, ship: str, *, ago_s: float) -> None:
    """Reports of a ship that is aground for two minutes: an alert that asks for a verdict."""
    _report(line, ship, ago_s, sog_kn=0.0, nav_status=6.0)


def afloat(line: Line, ship: str, *, ago_s: float) -> None:
    """Reports of the same ship, under way again: the alert clears."""
    _report(line, ship, ago_s, sog_kn=12.0, nav_status=0.0)


def _report(line: Line, ship: str, ago_s: float, **channels: float) -> None:
    start = datetime.now(UTC) - timedelta(seconds=ago_s)
    times = [start + timedelta(seconds=10 * step) for step in range(13)]
    publish(
        line,
        "telemetry",
        [
            Reading(
                asset=ship, asset_class="ship", source="test", time=time, seq=0,
                ingest_time=datetime.now(UTC), lat=10.0, lon=-40.0, channels=channels,
            )
            for time in times
        ],
    )  # fmt: skip
