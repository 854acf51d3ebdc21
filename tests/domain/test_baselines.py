"""Joint distance, discord and departure as timelines of rows."""

import numpy as np
import pytest

from services.domain.detectors.departure import Departure, DepartureSettings
from services.domain.detectors.discord import Discord, DiscordSettings
from services.domain.detectors.gated import Gated, GatedSettings
from services.domain.form import Array
from tests.domain.streams import of_one, sensors

LEVEL, ROW = 0, 1


def gated(values: Array, settings: GatedSettings | None = None) -> Array:
    return Gated.new(1, values.shape[1], settings).take(of_one(len(values)), values)


def discord(values: Array, settings: DiscordSettings | None = None) -> Array:
    return Discord.new(1, values.shape[1], settings).take(of_one(len(values)), values)


def departure(values: Array, settings: DepartureSettings | None = None) -> Array:
    return Departure.new(1, settings).take(of_one(len(values)), values)


def noise(rows: int, channels: int) -> Array:
    return np.random.default_rng(6).standard_normal((rows, channels))


def test_in_health_the_distance_is_about_one() -> None:
    found = gated(noise(3_000, 4))
    assert np.isnan(found[:20]).all()
    np.testing.assert_allclose(np.square(found[1_000:]).mean(axis=0), 1.0, rtol=0.15)


def test_a_shift_of_one_channel_is_far_from_the_baseline() -> None:
    values = noise(3_000, 4)
    values[2_500:, 1] += 3.0
    found = gated(values)[:, LEVEL]
    assert found[2_540:2_600].min() > 1.3 * found[500:2_500].max()


def test_channels_that_part_are_far_though_each_is_as_usual() -> None:
    values = noise(4_000, 1) + 0.1 * noise(4_000, 2)
    values[3_500:, 1] = -values[3_500:, 1]
    found = gated(values)[:, ROW]
    assert found[3_550:].mean() > 1.4 * found[500:3_500].mean()


@pytest.mark.parametrize(("settling", "learned"), [(100.0, False), (1e6, True)])
def test_a_fault_is_not_learned_once_the_baseline_has_settled(
    settling: float, learned: bool
) -> None:
    values = noise(2_900, 2)
    values[2_000:] += 6.0
    found = gated(values, GatedSettings(settling_rows=settling, memory_rows=300.0))[:, LEVEL]
    assert (found[2_800] < 0.5 * found[2_050]) == learned


def test_an_asset_that_stays_out_of_control_is_learned_anew() -> None:
    values = noise(4_000, 2)
    values[2_000:] += 6.0
    found = gated(values, GatedSettings(settling_rows=100.0, give_up_rows=500.0))[:, LEVEL]
    assert found[2_100:2_490].min() > 8.0
    assert found[3_500:].mean() < 2.0


def test_a_channel_that_never_moves_is_no_hindrance() -> None:
    values = noise(1_000, 3)
    values[:, 1] = 5.0
    found = gated(values)
    assert np.isfinite(found[20:]).all()


def test_the_nearest_stretch_is_that_of_a_plain_search() -> None:
    settings = DiscordSettings(history_rows=64, length_rows=8)
    values = sensors(300, 2)
    off = np.zeros_like(values)
    for n in range(16, len(values)):
        past = values[:n]
        off[n] = np.clip((values[n] - past.mean(axis=0)) / past.std(axis=0), -50, 50)
    weights = 0.25 * 0.75 ** np.arange(100)[::-1]
    row = 290
    by_lag = [
        (weights * np.square(off[row - 99 : row + 1] - off[row - 99 - lag : row + 1 - lag]).sum(1))
        for lag in range(8, 65)
    ]
    nearest = min(sum(one) for one in by_lag)
    assert discord(values, settings)[row] == pytest.approx(nearest**0.5, rel=1e-4)


def test_an_unusual_shape_of_usual_values_is_far() -> None:
    beat = np.sin(np.arange(3_000) / 8.0)[:, None] + 0.02 * noise(3_000, 1)
    beat[2_000:2_030] = beat[2_000]
    found = discord(beat)
    assert found[2_000:2_030].max() > 3.0 * found[600:2_000].max()


def test_departure_is_in_deviations_of_the_own_past() -> None:
    values = 5.0 + noise(3_000, 1)[:, 0]
    values[2_900] = 15.0
    found = departure(values)
    assert not found[:60].any()
    assert np.abs(found[1_000:2_900]).max() < 4.5
    assert found[2_900] == pytest.approx(9.5, abs=1.0)


def test_learned_late_a_slow_fault_does_not_hide_itself() -> None:
    values = 5.0 + 0.1 * noise(400, 1)[:, 0]
    values[200:] += np.linspace(0.0, 5.0, 200)
    soon, late = (departure(values, DepartureSettings(late_rows=rows)) for rows in (0, 30))
    assert late[399] > 1.2 * soon[399]


def test_what_is_far_is_learned_as_if_nearer() -> None:
    values = 5.0 + noise(3_000, 1)[:, 0]
    values[2_000:2_050] = 1_000.0
    near, far = (departure(values, DepartureSettings(clip=clip)) for clip in (5.0, 1e6))
    assert near[2_049] > 50.0
    assert near[2_060:].max() > 1.0 > far[2_060:].max()


def test_a_statistic_without_an_opinion_changes_nothing() -> None:
    values = 5.0 + noise(500, 1)[:, 0]
    with_gaps = np.insert(values, range(0, 500, 7), np.nan)
    found = departure(with_gaps)
    assert not found[np.isnan(with_gaps)].any()
    np.testing.assert_array_equal(found[~np.isnan(with_gaps)], departure(values))
