"""Readings and ticks for the timelines: seconds after T0, kilometres north of a place at sea."""

import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from schemas import Signal, format_time
from services.domain.monitor.core import MonitorCore

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT_SEA = (-40.0, -120.0)
KM_PER_DEGREE = 111.195


def reading(
    asset: str, second: float, *, km: float = 0.0, ingest: float | None = None, **given: Any
) -> bytes:
    """A reading of the asset (its class is the first part of its id) at T0 + `second`."""
    fields = {
        "source": "feed",
        "seq": int(second),
        "labels": {},
        "asset_class": asset.split("-")[0],
    }
    fields |= {"lat": AT_SEA[0] + km / KM_PER_DEGREE, "lon": AT_SEA[1]}
    fields |= {name: given.pop(name) for name in list(given) if name in _FIELDS}
    fields |= {"asset": asset, "channels": given}
    fields["time"] = at(second)
    fields["ingest_time"] = at(second if ingest is None else ingest)
    return json.dumps(fields).encode()


_FIELDS = ("source", "seq", "lat", "lon", "asset_class")


def tick(second: float, source: str = "feed") -> bytes:
    """The feed's clock at T0 + `second`."""
    return json.dumps({"kind": "tick", "source": source, "ingest_time": at(second)}).encode()


@cache
def at(second: float) -> str:
    """T0 + `second` as written on the wire."""
    return format_time(T0 + timedelta(seconds=second))


def run(values: Sequence[bytes], core: MonitorCore | None = None, first: int = 0) -> list[Signal]:
    """The signals of the records, each read back as schemas.Signal."""
    if core is None:
        return list(_run_alone(tuple(values)))
    outcome = core.step(range(first, first + len(values)), values)
    assert not outcome.rejected
    return [Signal.model_validate_json(value) for _, value in outcome.signals]


@lru_cache(maxsize=4)
def _run_alone(values: tuple[bytes, ...]) -> tuple[Signal, ...]:
    """A timeline of which several things are asked is run once."""
    outcome = MonitorCore(0).step(range(len(values)), values)
    assert not outcome.rejected
    _keep(values, [value for _, value in outcome.signals])
    return tuple(Signal.model_validate_json(value) for _, value in outcome.signals)


def _keep(values: Sequence[bytes], signals: Sequence[bytes]) -> None:
    """Appends the run to the file that KEEP_RUNS names, for a comparison with another mode."""
    if path := os.environ.get("KEEP_RUNS"):
        test = os.environ["PYTEST_CURRENT_TEST"]
        run = [test, *([text.decode() for text in texts] for texts in (values, signals))]
        with open(path, "a") as file:
            file.write(json.dumps(run) + "\n")


def told(signals: Iterable[Signal], *kinds: str) -> list[tuple[Any, ...]]:
    """(second, kind, what) of the signals of these kinds, `what` being the part that differs."""
    return [
        ((s.time - T0).total_seconds(), s.kind, s.flaw or s.to_state or s.zone or s.channel)
        for s in signals
        if s.kind in kinds
    ]
