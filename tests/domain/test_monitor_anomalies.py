"""How the models' rows are dated and taken up again: flights of one aircraft, as timelines."""

import math
from collections.abc import Iterator

from schemas import Signal
from tests.domain.telemetry import reading, run, told

PLANE = "aircraft-1"
EVERY_S, LAG_S = 15, 300.0
TAUGHT = 6
_FLIGHT_S, _DAY_S = 5_400, 9_000


def flight(first_s: int, unheard: range = range(0), heat_degc: float = 0.0) -> Iterator[bytes]:
    """An hour and a half in the air at changing power; its oil follows the fan with a lag."""
    n1, oil_lag = 98.0, 98.0
    for at in range(0, _FLIGHT_S, EVERY_S):
        second = first_s + at
        n1 = 98.0 - 14.0 * (at // 900 % 3) + math.sin(at)
        oil_lag += (n1 - oil_lag) * (1.0 - math.exp(-EVERY_S / LAG_S))
        if at not in unheard:
            yield reading(
                PLANE, second, km=at * 0.2, gs_kn=400.0, on_ground=0.0, alt_baro_ft=30_000.0,
                mach=0.75, n1_pct=n1, oil_temp_degc=1.2 * oil_lag - 20.0 + heat_degc,
            )  # fmt: skip


def after_flights(*last: bytes) -> list[Signal]:
    """What is said of the last one, six others being known."""
    known = [value for n in range(TAUGHT) for value in flight(n * _DAY_S)]
    signals = run([*known, *last])
    return [s for s in signals if s.channel == "oil_temp_degc"]


def test_power_that_changes_while_an_aircraft_is_not_heard_is_no_anomaly() -> None:
    """At 1,800 s the fan slows down."""
    last = flight(TAUGHT * _DAY_S, unheard=range(1_650, 2_650))
    assert not told(after_flights(*last), "anomaly_began")


def test_hot_oil_is_an_anomaly_in_the_same_flight() -> None:
    last = flight(TAUGHT * _DAY_S, unheard=range(1_650, 2_650), heat_degc=15.0)
    assert [what for _, _, what in told(after_flights(*last), "anomaly_began")] == ["oil_temp_degc"]
