"""The rules of trains as timelines, each beside the healthy lives that look like it."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from services.domain.alert_rules import firing_rule
from services.domain.alert_text import signal_summary
from tests.domain.telemetry import AT_SEA, T0, reading, run

TRAIN, TERMINAL = "metro-T01", (31.1886, 121.2993)


def told(values: Iterable[bytes], rule: str) -> list[tuple[int, str]]:
    """(second, signal) of what the rule says of a timeline."""
    return [
        (int((signal.time - T0).total_seconds()), signal.kind.partition("_")[2])
        for signal in run(list(values))
        if (signal.detector or "").startswith(f"{rule}/")
    ]


def stands(
    seconds: int, contact: float | None = None, place: tuple[float, float] = AT_SEA
) -> Iterator[bytes]:
    """Runs of 90 s between stops of 30 s; the fourth stop lasts `seconds`.

    `contact`: what the door contact says all the time.
    """
    second, km = 0, 0.0
    for stop in range(8):
        for lasts, speed in ((100, 12.0), (seconds if stop == 3 else 30, 0.0)):
            for _ in range(0, lasts, 10):
                is_open = float(speed == 0.0) if contact is None else contact
                km += speed / 100
                lat = place[0] + (km / 111.195 if place == AT_SEA else 0.0)
                yield reading(
                    TRAIN, second, lat=lat, lon=place[1], speed_mps=speed, doors_open=is_open
                )
                second += 10


def test_doors_that_do_not_close_at_a_stop_are_held() -> None:
    values = list(stands(420))
    (began, ended) = told(values, "door_hold")
    assert (began[1], ended[1]) == ("began", "ended")
    assert began[0] == 490 + 310
    signal = next(s for s in run(values) if s.detector == "door_hold/1")
    rule = firing_rule(signal.model_dump())
    assert rule is not None
    assert rule.name_for(signal.model_dump()) == "anomaly:doors_open"
    assert signal_summary(rule, signal, None) == (
        "doors stand open at a stop for 5.17 min, 5 min at most are usual"
    )


@pytest.mark.parametrize(
    "values",
    [stands(280), stands(420, contact=1.0), stands(900, place=TERMINAL), stands(900, contact=0.0)],
    ids=["waits for a connection", "contact always open", "terminal", "doors closed"],
)
def test_trains_that_wait_hold_no_doors(values: Iterator[bytes]) -> None:
    assert told(values, "door_hold") == []


def breathes(hours: float, loss: Callable[[float], float], every: int = 20) -> Iterator[bytes]:
    """A compressor between 7.6 and 9.4 bar, 0.045 bar/s; `loss` in bar/s at a second."""
    bar, pumps = 9.0, False
    for second in range(int(hours * 3600)):
        bar += (0.045 if pumps else 0.0) - loss(second)
        pumps = bar < 9.4 if pumps else bar < 7.6
        if second % every == 0:
            stops = second // every % 6 == 0
            yield reading(
                TRAIN, second, km=0.01 * second, speed_mps=0.0 if stops else 12.0,
                main_res_bar=round(bar, 2), compressor_a=7.0 if pumps else 0.1,
            )  # fmt: skip


def test_air_that_leaks_is_told_of_and_the_trains_own_loss_is_not() -> None:
    def leak(second: float) -> float:
        return 0.004 + (0.012 if 7200 <= second < 9000 else 0.0)

    (began, ended) = told(breathes(4, leak), "compressor_leak")
    assert (began[1], ended[1]) == ("began", "ended")
    assert 7200 < began[0] < 7200 + 1200
    assert ended[0] > 9000
    assert told(breathes(4, lambda second: 0.008), "compressor_leak") == []  # an old train
    by_stops = breathes(4, lambda second: 0.002 + (0.009 if second % 120 < 30 else 0.0))
    assert told(by_stops, "compressor_leak") == []


def shakes(hours: float, more: Callable[[float], float]) -> Iterator[bytes]:
    """Runs at changing speeds; `more` is the share by which it shakes more than it did at first."""
    for second in range(0, int(hours * 3600), 20):
        speed = (0.0, 9.0, 14.0, 18.0, 21.0, 20.0)[second // 20 % 6]
        noise = 0.02 * ((second * 7 % 11) / 5 - 1)
        vibration = (0.03 + 0.022 * speed) * (1 + more(second)) + noise
        yield reading(
            TRAIN, second, km=0.01 * second, speed_mps=speed, bogie_vib_g=max(vibration, 0.0)
        )


def test_a_wheel_that_shakes_at_once_is_flat_and_wear_is_not() -> None:
    def flat(second: float) -> float:
        return 0.5 if 4 * 3600 <= second < 5 * 3600 else 0.0

    (began, ended) = told(shakes(6, flat), "wheel_flat")
    assert (began[1], ended[1]) == ("began", "ended")
    assert 4 * 3600 < began[0] < 4 * 3600 + 600
    assert told(shakes(20, lambda second: 0.3 * second / 72_000), "wheel_flat") == []
    bump = shakes(5, lambda second: 1.0 if 14_400 <= second < 14_440 else 0.0)
    assert told(bump, "wheel_flat") == []  # the points at a junction
