"""Two runs against each other: what is called chance, and what is not."""

from collections.abc import Sequence

import numpy as np
import pytest

from services.lab.compare import Difference, compare, holm
from services.lab.outcome import Alert, Label, Outcome
from services.lab.table import WIDTH, comparison_tables, console
from tests.lab.builders import alert, fault, outcome

FLEET = 40


def faults(kind: str = "dark", count: int = FLEET) -> list[Label]:
    return [fault(100, 200, "silence", f"ship-{n + 1}", kind=kind) for n in range(count)]


def noticing(count: int) -> list[Alert]:
    return [alert(110, "silence", f"ship-{n + 1}") for n in range(count)]


def false(per_ship: Sequence[int]) -> list[Alert]:
    return [
        alert(10 + 31 * i, "anomaly:me_rpm", f"ship-{n + 1}")
        for n, count in enumerate(per_ship)
        for i in range(count)
    ]


def row(rows: tuple[Difference, ...], name: str) -> Difference:
    return next(one for one in rows if one.name == name)


def test_a_run_against_itself_differs_in_nothing() -> None:
    one = outcome(faults(), noticing(20) + false([1, 2, 3]), FLEET)
    comparison = compare(one, one)
    assert comparison.paired
    for difference in (*comparison.recall, *comparison.false_alarms):
        assert (difference.change, difference.low, difference.high) == (0, 0, 0)
        assert not difference.beyond_chance


def test_ten_faults_more_of_forty_are_beyond_chance_and_two_more_are_not() -> None:
    a = outcome(faults(), noticing(10), FLEET)
    many = row(compare(a, outcome(faults(), noticing(20), FLEET)).recall, "dark")
    few = row(compare(a, outcome(faults(), noticing(12), FLEET)).recall, "dark")
    assert (many.a, many.b, many.change) == (0.25, 0.5, 0.25)
    assert many.beyond_chance and 0.1 < many.low < 0.25 < many.high < 0.4
    assert not few.beyond_chance and few.p > 0.4


def test_pairs_tell_more_than_two_samples_do() -> None:
    a, b = (outcome(faults(), noticing(count), FLEET) for count in (10, 18))
    other_seed = b.model_copy(update={"seed": 2})
    paired, unpaired = compare(a, b), compare(a, other_seed)
    assert (paired.paired, unpaired.paired) == (True, False)
    assert row(paired.recall, "dark").beyond_chance
    assert not row(unpaired.recall, "dark").beyond_chance
    assert row(paired.recall, "dark").p < row(unpaired.recall, "dark").p


def test_forty_false_alarms_of_one_asset_are_chance_but_one_each_of_forty_are_not() -> None:
    calm = outcome([], [], FLEET)
    one_asset = compare(calm, outcome([], false([FLEET]), FLEET)).false_alarms
    each = compare(calm, outcome([], false([1] * FLEET), FLEET)).false_alarms
    assert row(one_asset, "anomaly").change == row(each, "anomaly").change == 1
    assert not row(one_asset, "anomaly").beyond_chance
    assert row(each, "anomaly").beyond_chance


def test_false_alarms_on_strangers_are_compared_too() -> None:
    calm, strange = outcome([], [], 3), outcome([], [alert(10, "silence", "stranger-9")], 3)
    assert compare(calm, strange).false_alarms[0].change == pytest.approx(1 / 3)


def test_a_detector_or_a_kind_that_only_one_run_has() -> None:
    a = outcome(faults("dark"), false([1]), FLEET)
    b = outcome(faults("theft"), [], FLEET)
    comparison = compare(a, b)
    assert not comparison.paired
    assert (
        row(comparison.false_alarms, "anomaly").a,
        row(comparison.false_alarms, "anomaly").b,
    ) == (1 / FLEET, 0)
    assert {one.name for one in comparison.recall} == {"all"}


@pytest.mark.slow
def test_the_interval_holds_the_truth_about_as_often_as_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Poisson alarms at rates 0.5 and 0.9 an asset-day: 95 % intervals, 30 times.

    A fifth of the draws moves an interval's ends by some hundredths of its width.
    """
    monkeypatch.setattr("services.lab.compare.DRAWS", 2_000)
    rng, held = np.random.default_rng(7), 0
    for _ in range(30):
        a, b = (outcome([], false(rng.poisson(mean, FLEET).tolist()), FLEET) for mean in (0.5, 0.9))
        whole = compare(a, b.model_copy(update={"seed": 2})).false_alarms[0]
        held += whole.low <= 0.4 <= whole.high
    assert held >= 26


def test_holm_is_stricter_the_more_tests_there_are() -> None:
    assert holm([0.04]) == [True]
    assert holm([0.04, 0.5]) == [False, False]
    assert holm([0.9, 0.001, 0.02]) == [False, True, True]
    assert holm([]) == []


def test_the_table_says_plainly_what_is_beyond_chance() -> None:
    a, b = (outcome(faults(), noticing(count), FLEET) for count in (10, 30))
    screen = console()
    with screen.capture() as captured:
        screen.print(comparison_tables(compare(a, b)))
    text = captured.get()
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "Beyond chance, noticed in time: all all +50 %; ship all +50 %; ship dark +50 %." in text
    assert "Beyond chance, false alarms an asset-day: nothing." in text


@pytest.mark.parametrize("size", [1, 2])
def test_worlds_of_hardly_anything_can_be_compared(size: int) -> None:
    empty: Outcome = outcome([], [], size)
    assert not any(one.beyond_chance for one in compare(empty, empty).false_alarms)
