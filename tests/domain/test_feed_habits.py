"""What a feed does in health is no fault; what one asset has beyond it is."""

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from schemas import Signal
from tests.domain.telemetry import T0, reading, run, tick, told

ODD = "metro-odd"
TRAINS = [ODD, *(f"metro-{n}" for n in range(9))]
EVERY_S, HOURS = 20, 7
FAULTY_FROM = 5 * 3600

Journey = Callable[[str, int], list[tuple[int, int]]]
"""Of a train and the number of its report: (second of arrival, number) of what comes of it."""


def heard(
    journey: Journey, ticking: bool = True, stops: Callable[[str, int], bool] = lambda *_: False
) -> list[Signal]:
    """Trains that run and report each 20 s; their reports arrive as `journey` has it."""
    records = [(second, tick(second)) for second in range(0, HOURS * 3600, 10) if ticking]
    for train in TRAINS:
        for nth in range(HOURS * 3600 // EVERY_S):
            second = nth * EVERY_S
            for at, number in journey(train, nth):
                value = reading(
                    train, second, ingest=at, seq=number, km=second * 0.01,
                    speed_mps=0.0 if stops(train, second) else 10.0,
                )  # fmt: skip
                records.append((at, value))
    return run([value for _, value in sorted(records, key=lambda r: r[0])])


def usually_and_in_the_fault(usual: float, fault: float) -> Callable[[str, int], bool]:
    """Draws: `usual` of all readings, and `fault` of the odd train's once it is faulty."""
    draw = random.Random(8).random

    def drawn(train: str, nth: int) -> bool:
        faulty = train == ODD and nth * EVERY_S >= FAULTY_FROM
        return draw() < (fault if faulty else usual)

    return drawn


@pytest.mark.parametrize("flaw", ["duplicate", "late", "gap"])
@pytest.mark.parametrize("usual", [0.0, 0.01, 0.3])
def test_a_flaw_is_told_of_who_has_it_more_often_than_the_feed(flaw: str, usual: float) -> None:
    flawed = usually_and_in_the_fault(usual, usual + 0.4)

    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        arrival = (nth * EVERY_S, nth)
        if not flawed(train, nth):
            return [arrival]
        return {
            "duplicate": [arrival, (arrival[0] + 3, nth)],
            "late": [(arrival[0] + EVERY_S + 5, nth)],
            "gap": [],
        }[flaw]

    signals = heard(journey)
    faults = [s for s in signals if s.kind == "data_fault_began" and s.flaw == flaw]
    if flaw != "duplicate" and usual == 0.3:  # on such a feed it is in every stretch of time
        assert not faults
        return
    assert [s.asset for s in faults] == [ODD]
    assert {s.flaw for s in signals if s.kind == "data_fault_began"} == {flaw}
    (begin,) = told(faults, "data_fault_began")
    assert FAULTY_FROM < begin[0] < FAULTY_FROM + 3600


def test_readings_that_come_late_together_are_one_stretch_of_time() -> None:
    """A quarter of an hour of congestion is no faulty asset."""

    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        congested = train == ODD and 0 <= nth * EVERY_S - FAULTY_FROM < 900
        return [(nth * EVERY_S + (EVERY_S + 5 if congested and nth % 2 else 0), nth)]

    signals = heard(journey)
    assert len([s for s in signals if s.flaw == "late"]) > 20
    assert not told(signals, "data_fault_began")


def in_tunnels(train: str, nth: int, tunnel_s: int) -> bool:
    """Each train is in a tunnel once in two hours."""
    return (nth * EVERY_S + TRAINS.index(train) * 700) % 7200 < tunnel_s


def test_what_all_trains_of_a_feed_go_unheard_for_is_no_silence() -> None:
    gone_from, gone_to = FAULTY_FROM, FAULTY_FROM + 3600

    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        second = nth * EVERY_S
        gone = train == ODD and gone_from <= second < gone_to
        return [] if gone or in_tunnels(train, nth, 300) else [(second, nth)]

    learned = 2 * 3600
    began = [s for s in heard(journey) if s.kind == "silence_began"]
    late = [s for s in began if (s.time - began[0].time).total_seconds() > learned]
    assert [s.asset for s in late] == [ODD]
    assert 300 < (late[0].threshold or 0) < 600


def test_gaps_at_stops_are_learned_beside_the_longer_ones_under_way() -> None:
    """At a stop below the ground every hour, in a tunnel every two."""

    def phase_s(train: str, second: int) -> int:
        return (second + TRAINS.index(train) * 700) % 7200

    def stops(train: str, second: int) -> bool:
        return phase_s(train, second) % 3600 < 240

    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        second = nth * EVERY_S
        hidden = 60 <= phase_s(train, second) % 3600 < 240
        under_way = 1000 <= phase_s(train, second) < 1600
        return [] if hidden or under_way else [(second, nth)]

    began = [s for s in heard(journey, stops=stops) if s.kind == "silence_began"]
    learned = 2 * 3600
    assert began
    assert not [s for s in began if (s.time - T0).total_seconds() > learned]


def passing(strangers: int) -> list[str]:
    """Whose silence is told: so many strangers are heard for a minute each and go away.

    Then two trains, one heard for five minutes and one for one.
    """
    ends = 60 * strangers + 600
    values = [(s, tick(s)) for s in range(0, ends + 3600, 10)]
    for n in range(strangers):
        values += [(s, reading(f"metro-x{n}", s)) for s in range(60 * n, 60 * n + 60, 20)]
    for name, minutes in (("long", 5), ("short", 1)):
        first = ends - 60 * minutes
        values += [(s, reading(f"metro-{name}", s)) for s in range(first, ends, 20)]
    began = run([value for _, value in sorted(values, key=lambda v: v[0])])
    return [s.asset for s in began if s.kind == "silence_began"]


def test_where_strangers_pass_by_the_silence_of_who_was_hardly_heard_is_not_told() -> None:
    few, many = passing(5), passing(60)
    assert [f"metro-x{n}" for n in range(5)] == few[:5]
    assert {"metro-long", "metro-short"} <= set(few)
    assert many[-1] == "metro-long"
    assert len(many) == 11  # so many may fail when they have just been fitted out


def test_one_device_that_fails_again_and_again_makes_nobody_a_passer_by() -> None:
    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        second = nth * EVERY_S
        if train == TRAINS[1]:
            return [(second, nth)] if second % 1800 < 60 else []
        new = train == ODD and not FAULTY_FROM - 60 <= second < FAULTY_FROM
        return [] if new else [(second, nth)]

    began = [s for s in heard(journey) if s.kind == "silence_began" and s.asset == ODD]
    assert [at for at, *_ in told(began, "silence_began")] == [FAULTY_FROM - EVERY_S + 90]


def repeated(odd_share: float) -> Callable[[str, int], list[tuple[int, int]]]:
    """Repeats with numbers of the receiver's: of one reading in twenty, of the odd train more."""
    draw = random.Random(9).random
    numbers: dict[str, Iterator[int]] = defaultdict(itertools.count)

    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        arrivals = [(nth * EVERY_S, next(numbers[train]))]
        if draw() < (odd_share if train == ODD else 0.05):
            arrivals.append((nth * EVERY_S + 3, next(numbers[train])))
        return arrivals

    return journey


def test_repeats_that_the_receiver_numbers_are_no_gaps() -> None:
    flaws = {s.flaw for s in heard(repeated(0.4)) if s.kind == "data_fault_began"}
    assert flaws == {"duplicate"}


def test_who_only_passes_by_teaches_nobody() -> None:
    """Ships that are heard for a minute and away for hours, on a feed of trains that never are."""

    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        second = nth * EVERY_S
        passes = TRAINS.index(train) < 6
        here = second % 7200 < 60 if passes else True
        gone = train == TRAINS[-1] and second >= FAULTY_FROM
        return [(second, nth)] if here and not gone else []

    began = [s for s in heard(journey) if s.kind == "silence_began" and s.asset == TRAINS[-1]]
    (begin,) = told(began, "silence_began")
    assert begin[0] == FAULTY_FROM - EVERY_S + 90


def test_two_outages_of_one_train_make_its_feed_no_less_watched() -> None:
    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        second = nth * EVERY_S
        twice = 7200 <= second < 8400 or 10_800 <= second < 12_000
        gone = second >= FAULTY_FROM
        return [] if train == ODD and (twice or gone) else [(second, nth)]

    began = [s for s in heard(journey) if s.kind == "silence_began"]
    assert [begin for begin, *_ in told(began, "silence_began")] == [
        start - EVERY_S + 90 for start in (7200, 10_800, FAULTY_FROM)
    ]


def test_what_begins_at_rest_is_no_stuck_sensor() -> None:
    """A temperature that stays the same for hours alongside, and for a minute after."""
    values = []
    for second in range(0, 4000, 5):
        runs_s = max(0, second - 3600)
        speed = 10.0 + second % 7 if runs_s else 0.0
        heat = 30.0 if runs_s < 60 else 30.0 + second % 9
        values.append(
            reading(
                "metro-T01", second, km=runs_s * 0.01, speed_mps=speed,
                accel_mps2=0.1 * (second // 5 % 5), motor_degc=heat,
            )
        )  # fmt: skip
    assert not [s for s in run(values) if s.flaw == "frozen"]


def test_a_feed_that_fades_and_stops_teaches_no_silence() -> None:
    """Before all of it is gone each train is missed a little longer than it may be."""

    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        second = nth * EVERY_S
        fades_s = 600 - 40 * TRAINS.index(train)
        faded = any(start - fades_s <= second < start + 1200 for start in (7200, 10_800, 14_400))
        gone = train == ODD and second >= FAULTY_FROM
        return [] if faded or gone else [(second, nth)]

    began = [s for s in heard(journey, ticking=False) if s.kind == "silence_began"]
    (begin,) = [at for at, *_ in told([s for s in began if s.asset == ODD], "silence_began")][-1:]
    assert begin == FAULTY_FROM - EVERY_S + 90


def test_a_train_that_is_heard_in_batches_all_day_makes_its_feed_no_less_watched() -> None:
    def journey(train: str, nth: int) -> list[tuple[int, int]]:
        second = nth * EVERY_S
        if train == TRAINS[3] and second >= 3600:
            return [(second // 600 * 600 + 600, nth)]
        return [] if train == ODD and second >= FAULTY_FROM else [(second, nth)]

    began = [s for s in heard(journey) if s.kind == "silence_began" and s.asset == ODD]
    assert [at for at, *_ in told(began, "silence_began")] == [FAULTY_FROM - EVERY_S + 90]
