"""Positions against speed and course, as timelines: spoofing, interference, and what is neither."""

import json
import math
from collections.abc import Callable, Iterable, Iterator

import pytest

from services.domain.alert_rules import firing_rule
from tests.domain.telemetry import AT_SEA, KM_PER_DEGREE, T0, reading, run

SHIP, PLANE, TRAIN, KM_PER_KN_S = "ship-9000001", "aircraft-1", "metro-T01", 1.852 / 3600

Offset = Callable[[int], tuple[float, float]]
"""Km north and east by which a fix is off at a second."""


def told(values: Iterable[bytes], rule: str) -> list[tuple[int, str]]:
    """(second, signal) of what the rule says of a timeline."""
    return [
        (int((signal.time - T0).total_seconds()), signal.kind.partition("_")[2])
        for signal in run(list(values))
        if (signal.detector or "").startswith(f"{rule}/")
    ]


def right(second: int) -> tuple[float, float]:
    """Where it is."""
    return 0.0, 0.0


def noise(second: int) -> tuple[float, float]:
    """Some tens of metres, as real fixes err."""
    return 0.04 * math.sin(second * 1.3), 0.04 * math.sin(second * 2.1)


def sails(
    until: int, off: Offset = right, knots: float = 14.0, every: int = 60, clock_s: float = 0.0
) -> Iterator[bytes]:
    """A ship on a straight track; `clock_s`: every seventh time is so wrong."""
    for second in range(0, until, every):
        north, east = off(second)
        km = knots * KM_PER_KN_S * second
        at = second - (clock_s if second // every % 7 == 0 else 0.0)
        yield reading(
            SHIP, at, ingest=second, seq=second, lat=AT_SEA[0] + north / KM_PER_DEGREE,
            lon=AT_SEA[1] + (km + east) / KM_PER_DEGREE / math.cos(math.radians(AT_SEA[0])),
            sog_kn=knots, cog_deg=90.0,
        )  # fmt: skip


def flies(
    until: int, off: Offset = noise, accuracy: Callable[[int], float | None] = lambda second: 10.0,
    every: int = 15, on_ground: float = 0.0,
) -> Iterator[bytes]:  # fmt: skip
    """An aircraft on a straight track at 450 kn."""
    for second in range(0, until, every):
        north, east = off(second)
        nac_p = accuracy(second)
        given = {} if nac_p is None else {"nac_p": nac_p}
        yield reading(
            PLANE, second, km=450 * KM_PER_KN_S * second + north,
            lon=AT_SEA[1] + east / KM_PER_DEGREE / math.cos(math.radians(AT_SEA[0])),
            gs_kn=450.0, track_deg=0.0, on_ground=on_ground, **given,
        )  # fmt: skip


def from_second(start: int, km: float, until: int = 1 << 40) -> Offset:
    """The position jumps, and jumps back."""
    return lambda second: (km if start <= second < until else 0.0, 0.0)


def walks(start: int, km_h: float) -> Offset:
    """The position is walked away."""
    return lambda second: (max(second - start, 0) * km_h / 3600, 0.0)


@pytest.mark.parametrize("off", [from_second(3600, 8.0), walks(3600, 20.0), walks(3600, -60.0)])
def test_a_ship_that_is_not_where_it_steers_is_spoofed(off: Offset) -> None:
    values = list(sails(2 * 3600, off))
    ((second, kind), *_) = told(values, "position_contradicted")
    assert kind == "began"
    assert 3600 < second < 3600 + 1800
    signal = next(s for s in run(values) if s.detector == "position_contradicted/1")
    rule = firing_rule(signal.model_dump())
    assert rule is not None
    assert (rule.name, signal.channel) == ("position_jump", None)
    assert signal.value is not None
    assert signal.threshold is not None
    assert signal.value > signal.threshold > 2.0


def test_a_spoofer_that_gives_the_ship_back_is_over() -> None:
    kinds = [kind for _, kind in told(sails(9000, from_second(3600, 8.0, 6000)),
                                      "position_contradicted")]  # fmt: skip
    assert kinds == ["began", "ended"]


@pytest.mark.parametrize(
    "values",
    [
        sails(7200),
        sails(7200, from_second(3600, 8.0, 3660)),  # one fix far off
        sails(7200, lambda second: (0.06 if second // 600 % 2 else 0.0, 0.0)),  # two antennas
        sails(7200, walks(3600, 1.0)),  # a receiver that is never quite right
        sails(7200, clock_s=40.0),
        sails(7200, from_second(3600, 0.0), every=180),
    ],
    ids=["right", "one fix", "antennas", "slow", "clock", "rare"],
)
def test_receivers_clocks_and_single_fixes_contradict_nothing(values: Iterator[bytes]) -> None:
    assert told(values, "position_contradicted") == []


def test_what_happens_while_unheard_contradicts_nothing() -> None:
    quiet = range(3600, 5400)
    values = [v for n, v in enumerate(sails(9000, from_second(3600, 30.0))) if 60 * n not in quiet]
    assert told(values, "position_contradicted") == []
    values = [v for n, v in enumerate(sails(9000, from_second(3600, 3000.0)))
              if 60 * n not in quiet]  # fmt: skip
    assert [kind for _, kind in told(values, "position_contradicted")] == ["began"]


def test_a_wrong_time_heard_twice_contradicts_nothing() -> None:
    """A fix dated 20 s ahead comes by two receivers; the next one has the same time."""
    values = []
    for second in range(0, 2400, 20):
        place = {"km": 450 * KM_PER_KN_S * second, "gs_kn": 450.0, "track_deg": 0.0}
        wrong_s = 20 if second == 1200 else 0
        for seq in (second, second + 1) if wrong_s else (second,):
            at = second + wrong_s
            values.append(
                reading(PLANE, at, ingest=second, seq=seq, nac_p=10.0, on_ground=0.0, **place)
            )
    assert told(values, "position_contradicted") == []
    assert told(values, "gps_interference") == []


def test_echoes_at_a_berth_show_knots_and_contradict_nothing() -> None:
    values = [
        reading(SHIP, second, lat=30.61, lon=122.08, sog_kn=3.5, cog_deg=40.0)
        for second in range(0, 7200, 60)
    ]
    assert told(values, "position_contradicted") == []


def test_two_trains_whose_names_are_swapped_are_where_they_cannot_be() -> None:
    values = [
        reading(TRAIN, second, km=second * 0.01 + (9.0 if second >= 600 else 0.0), speed_mps=10.0,
                bearing_deg=0.0)
        for second in range(0, 1200, 20)
    ]  # fmt: skip
    ((second, kind),) = told(values, "position_contradicted")
    assert kind == "began"
    assert 600 < second < 800


def test_an_aircraft_that_knows_its_place_badly_is_disturbed() -> None:
    def accuracy(second: int) -> float:
        return 2.0 if 600 <= second < 900 else 10.0

    assert [kind for _, kind in told(flies(1500, accuracy=accuracy), "gps_interference")] == [
        "began", "ended",
    ]  # fmt: skip
    assert told(flies(1500, accuracy=accuracy, on_ground=1.0), "gps_interference") == []


@pytest.mark.parametrize("accuracy", [10.0, None])
def test_an_aircraft_that_wanders_about_its_track_is_disturbed(accuracy: float | None) -> None:
    def wanders(second: int) -> tuple[float, float]:
        far = 1.2 if 600 <= second < 1200 else 0.0
        return far * math.sin(second / 24), far * math.sin(second / 31)

    values = list(flies(2400, wanders, lambda second: accuracy))
    ((second, kind), *more) = told(values, "gps_interference")
    assert kind == "began"
    assert 600 < second < 780
    assert [kind for _, kind in more] == ["ended"]
    assert told(values, "position_contradicted") == []


@pytest.mark.parametrize(
    "values",
    [
        flies(2400, accuracy=lambda second: 0.0 if 600 <= second < 1200 else 10.0),  # unknown
        flies(2400, accuracy=lambda second: None),
        flies(2400, from_second(900, 9.0, 915)),  # one fix far off
        flies(2400, accuracy=lambda second: 6.0 if second % 300 == 0 else 9.0),
    ],
    ids=["unknown", "absent", "one fix", "now and then"],
)
def test_what_healthy_aircraft_say_is_no_interference(values: Iterator[bytes]) -> None:
    flight = list(values)
    assert told(flight, "gps_interference") == []
    assert told(flight, "position_contradicted") == []


@pytest.mark.parametrize("channel", ["sog_kn", "cog_deg"])
def test_a_reading_without_speed_or_course_proves_nothing(channel: str) -> None:
    """As of a receiver that tells positions alone, or of a log that says what cannot be."""

    def without(values: Iterable[bytes], every: int) -> Iterator[bytes]:
        for n, value in enumerate(values):
            fields = json.loads(value)
            if n % every == 0:
                fields["channels"].pop(channel)
            yield json.dumps(fields).encode()

    for every in (2, 7):
        assert told(without(sails(7200), every), "position_contradicted") == []
    spoofed = told(without(sails(7200, from_second(3600, 40.0)), 7), "position_contradicted")
    assert [kind for _, kind in spoofed][:1] == ["began"]
