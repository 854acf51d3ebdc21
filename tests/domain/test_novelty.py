"""Novelty, stillness and alarms as timelines of rows."""

import numpy as np
import pytest

from services.domain.detectors.alarm import COOL_DOWN_ROWS, Alarm, AlarmSettings
from services.domain.detectors.held import Held
from services.domain.detectors.novelty import LATE_ROWS, NONE, WARM_UP_ROWS, Novelty
from services.domain.form import Array
from tests.domain.streams import hours, of_one, sensors


def novelty(values: Array, every_s: float = 300.0) -> tuple[Array, Array]:
    """Of each row the novelty and the stillness."""
    rows = len(values)
    held = Held.new(1, values.shape[1]).take(of_one(rows), values)
    return Novelty.new(1, values.shape[1]).take(of_one(rows), held, hours(rows, every_s))


def alarms(new: Array, channels: int = 1, settings: AlarmSettings | None = None) -> list[int]:
    """The rows whose novelty is an alarm."""
    above = Alarm.new(1, settings).take(of_one(len(new)), new, np.full(len(new), channels))
    return np.flatnonzero(above >= 0.0).tolist()


def test_nothing_is_new_before_anything_is_known() -> None:
    new, _ = novelty(sensors(WARM_UP_ROWS))
    assert (new == NONE).all()


@pytest.mark.parametrize(("scale", "offset"), [(1e-9, 0.0), (1.0, 1e9), (1e9, -1e3)])
def test_a_value_never_seen_is_new_whatever_its_scale(scale: float, offset: float) -> None:
    values = sensors(2_000, 1)
    values[1_500] += 20.0
    new, _ = novelty(values * scale + offset)
    assert new[1_500] > 1.0
    assert new[1_500] == new[1_000:].max()


def test_what_was_seen_is_not_new_again() -> None:
    values = sensors(2_500, 1)
    values[1_200:1_220] = values[2_000:2_020] = 25.0
    new, _ = novelty(values)
    assert new[1_200] > 1.0
    assert (new[2_000:2_002] < 0.0).all()


def test_a_value_counts_as_seen_late() -> None:
    values = sensors(1_500, 1)
    soon, late = values.copy(), values.copy()
    soon[[1_000, 1_000 + LATE_ROWS - 1]] = late[[1_000, 1_000 + LATE_ROWS + 1]] = 60.0
    assert novelty(soon)[0][1_000 + LATE_ROWS - 1] > 1.0
    assert novelty(late)[0][1_000 + LATE_ROWS + 1] < 1.0


def test_one_wild_value_in_the_warm_up_hides_nothing() -> None:
    values = sensors(2_000, 1)
    values[50], values[1_500] = 1e12, 25.0
    assert novelty(values)[0][1_500] > 0.5


def test_a_warm_up_of_wild_values_poisons_nothing() -> None:
    values = sensors(2_000, 1)
    values[:200:2] = 1e300
    new, _ = novelty(values)
    assert np.isfinite(new).all()


def test_a_channel_that_never_moved_moves() -> None:
    values = np.full((1_000, 1), 7.0)
    values[600:] = 7.5
    new, _ = novelty(values)
    assert new[:600].max() == NONE
    assert new[600] > 0.5


def test_more_noise_of_usual_values_is_new() -> None:
    slow = 10.0 * np.sin(np.arange(3_000) / 200.0)
    values = slow + 0.1 * np.random.default_rng(2).standard_normal(3_000)
    values[2_600:2_620:2] = -values[2_600:2_620:2]
    new, _ = novelty(values[:, None])
    assert new[2_600:2_620].max() > new[1_500:2_600].max() + 1.0


def test_a_usual_value_at_an_unusual_hour_is_new() -> None:
    hour = hours(288 * 20)
    busy = (hour >= 8) & (hour < 18)
    values = np.where(busy, 60.0, 10.0) + np.random.default_rng(3).standard_normal(len(hour))
    at_night = 288 * 18 + 12
    values[at_night : at_night + 30] += 50.0
    new, _ = novelty(values[:, None])
    assert new[288 * 15 : at_night].max() + 1.0 < new[at_night : at_night + 30].max()


def test_the_hour_in_which_a_life_begins_changes_nothing() -> None:
    values = sensors(7_200, 1)
    begins_at = [(hours(7_200, every_s=15.0) + first) % 24 for first in (0, 1, 13)]
    lives = [Novelty.new(1, 1).take(of_one(7_200), values, hour)[0] for hour in begins_at]
    np.testing.assert_array_equal(lives[1], lives[0])
    np.testing.assert_array_equal(lives[2], lives[0])


def test_an_hour_is_known_once_it_was_left() -> None:
    hour = 13 + hours(1_200) // 12
    of = Novelty.new(1, 1)
    of.take(of_one(1_200), sensors(1_200, 1), hour)
    assert set(hour.tolist()) == {13, 14}
    assert np.flatnonzero(of.channels["known"][0, 0]).tolist() == [13, 14]


def test_a_switch_is_not_measured() -> None:
    values = (np.random.default_rng(4).random((1_000, 1)) < 0.01).astype(float)
    new, still = novelty(values)
    assert (new == NONE).all()
    assert (still == NONE).all()


@pytest.mark.parametrize("frozen", [5.0, np.nan])
def test_a_sensor_that_is_stiller_than_ever(frozen: float) -> None:
    values = np.round(sensors(1_000, 1), 1)
    values[700:800] = frozen
    _, still = novelty(values)
    assert still[:700].max() < 1.0
    assert still[700:800].max() > 2.0
    assert still[801] == NONE


def test_a_sensor_that_has_always_stood_still_is_not_stiller_than_ever() -> None:
    values = np.full((3_000, 1), 7.0)
    values[1_000:] = 8.0
    assert (novelty(values)[1] == NONE).all()


def test_an_alarm_is_not_repeated_until_it_has_cooled_down() -> None:
    new = np.full(9_000, -5.0)
    new[8_000:8_003] = [3.0, 2.0, 2.9]
    new[8_000 + COOL_DOWN_ROWS + 500] = 3.0
    assert alarms(new) == [8_000, 8_000 + COOL_DOWN_ROWS + 500]


def test_an_alarm_raises_the_bar_for_a_while() -> None:
    new = np.full(12_000, -5.0)
    new[[8_000, 8_150, 11_000]] = [3.0, 0.5, 0.5]
    assert alarms(new) == [8_000, 11_000]


def test_much_is_new_for_the_young_and_the_many() -> None:
    new = np.full(20_000, -5.0)
    new[[300, 19_000]] = -0.9
    assert alarms(new) == [19_000]
    assert alarms(new, channels=50) == []
