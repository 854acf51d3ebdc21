"""Each key of [noise] changes what it says, by as much as it says, and no other channel."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest

from simulators import World, load_scenario
from simulators.noise import Floats, Keys, asset_key, heavy, white
from simulators.roughness import Noise
from simulators.sea.receiver import Receivers
from simulators.sensors import Sensors

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SECONDS, BLOCK_S = 2 * 3600, 300
KEYS: Keys = np.array([asset_key(4, 1, n) for n in range(4_000)], dtype=np.uint64)
ROWS = np.arange(len(KEYS))

Told = dict[tuple[str, int], dict[str, Any]]


@cache
def told(**keys: float) -> Told:
    scenario = load_scenario("clean-healthy").sized(40)
    world = World(scenario.model_copy(update={"noise": Noise(**keys)}), 3, START)
    said = {}
    while world.second < SECONDS:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                reading = msgspec.json.decode(emission.value)
                said[reading["asset"], reading["seq"]] = reading
    return said


CHANNELS = {
    "at_rest": {"sog_kn", "cog_deg"},
    "position": {"lat", "lon"},
    "compass": {"cog_deg", "heading_deg"},
    "quantised": {"alt_baro_ft", "baro_rate_ft_min"},
    "gauges": {"rob_fuel_t"},
    "meters": {"fuel_flow_t_h", "me_hours", "odometer_km"},
    "accuracy": {"nac_p"},
}


@pytest.mark.parametrize("key", sorted(CHANNELS))
def test_a_key_changes_its_channels_and_no_other(key: str) -> None:
    usual, noisy = told(), told(**{key: 1.0})
    assert usual.keys() == noisy.keys()
    changed = set()
    for name, one in noisy.items():
        other = usual[name]
        changed |= {c for c, v in one["channels"].items() if other["channels"][c] != v}
        changed |= {field for field in ("lat", "lon", "time") if one[field] != other[field]}
        assert one["labels"] == other["labels"]
    assert changed == CHANNELS[key]


def off(key: str, channel: str) -> Floats:
    """Shown less shown in the clean world, where both have the channel."""
    usual, noisy = told(), told(**{key: 1.0})
    pairs = [(one["channels"], usual[name]["channels"]) for name, one in noisy.items()]
    return np.array([a[channel] - b[channel] for a, b in pairs if channel in a])


def test_steps_of_height_and_rate() -> None:
    said = [one["channels"] for one in told(quantised=1.0).values()]
    flying = [one for one in said if one.get("on_ground") == 0]
    assert flying and all(one["alt_baro_ft"] % 25 == 0 for one in flying)
    assert all(one["baro_rate_ft_min"] % 64 == 0 for one in flying)


def test_gauges_and_meters_are_a_little_off() -> None:
    assert 1.5 < off("gauges", "rob_fuel_t").std() < 15  # of tanks of 1,900 to 3,950 t
    flow = [one["channels"].get("fuel_flow_t_h", 0) for one in told(meters=1.0).values()]
    usual = [one["channels"].get("fuel_flow_t_h", 0) for one in told().values()]
    ratio = np.array([a / b for a, b in zip(flow, usual, strict=True) if b > 0.5])
    assert 0.002 < np.abs(ratio - 1).mean() < 0.02
    assert np.abs(off("meters", "me_hours")).max() < 0.1  # hours, in two


def test_accuracy_is_as_recorded() -> None:
    nac = np.array([v["channels"]["nac_p"] for v in told(accuracy=1.0).values()
                    if "nac_p" in v["channels"]])  # fmt: skip
    assert set(nac.tolist()) <= {0, 8, 9, 10}
    assert (nac == 10).mean() > 0.3 > (nac == 8).mean()


WINDOWS_S = [np.arange(5) * 60 + 3_600 * hour for hour in range(0, 48, 4)]
"""Stays of five minutes, as long as the recording that the figures are from."""


def test_at_rest_some_ships_show_speed_and_most_any_course() -> None:
    ships = Receivers(KEYS, Noise(at_rest=1.0))
    sogs, steps = [], []
    for seconds in WINDOWS_S:
        sog, cog = np.zeros((5, len(KEYS))), np.full((5, len(KEYS)), 40.0)
        for place, second in enumerate(seconds.tolist()):
            times, heading = np.full(len(KEYS), second), np.zeros(len(KEYS))
            ships.motion(ROWS, times, sog[place], cog[place], heading)
        sogs.append(np.round(sog, 1))
        steps.append(np.sqrt(np.mean(((np.diff(cog, axis=0) + 180) % 360 - 180) ** 2, axis=0)))
    largest, sd = (np.concatenate([f(sog, axis=0) for sog in sogs]) for f in (np.max, np.std))
    assert 0.3 < (largest > 0).mean() < 0.47
    assert np.median(sd) == 0 and 0.075 < np.percentile(sd, 95) < 0.3
    assert 0.8 < np.percentile(sd, 99) < 3.2 and 2.6 < np.percentile(largest, 99) < 10.4
    assert 15 < np.median(steps) < 62 and 34 < np.percentile(steps, 75) < 136


def test_positions_at_rest_wander_slowly_and_far_under_a_hidden_sky() -> None:
    ships = Receivers(KEYS, Noise(position=1.0))
    none, lat = np.zeros((len(KEYS), 2)), np.zeros(len(KEYS))

    def sds(kn: float) -> Floats:
        sog = np.full(len(KEYS), kn)
        return np.concatenate([
            np.stack([
                111_195 * ships.place(ROWS, np.full(len(KEYS), second), none, lat, sog)[:, 0]
                for second in seconds.tolist()
            ]).std(axis=0, ddof=1)
            for seconds in WINDOWS_S
        ])  # fmt: skip

    low, high, tail = np.percentile(sds(0.0), [50, 95, 99])
    assert 0.35 < low < 1.4 and 1.8 < high < 7.2 and 17 < tail < 70
    assert np.percentile(sds(12.0), 99) < 10  # at sea nothing hides the sky


def test_sensors_have_their_own_noise_and_drift() -> None:
    names, noise = ("lo_temp_degc", "sog_kn"), np.array([0.1, 0.1])
    sensors = Sensors(KEYS, names, noise, Noise(own=1.0, drift=1.0))
    now, soon, later = (sensors.at(ROWS, np.full(len(KEYS), day * 86_400)) for day in (0, 1, 20))
    assert 0.5 <= now.gain.min() < 0.52 and 2.9 < now.gain.max() <= 3.0
    assert not now.shift[..., 1].any()
    assert 0.25 < now.shift[..., 0].std() < 0.35
    assert np.abs(soon.shift - now.shift).std() < 0.1 < np.abs(later.shift - now.shift).max()


def test_tails_are_heavy() -> None:
    z = white(np.arange(300_000, dtype=np.uint64), np.asarray(1), np.asarray(0))
    assert np.array_equal(heavy(z, 0.0), z)
    assert (np.abs(z) > 5).mean() == 0
    assert 0.001 < (np.abs(heavy(z, 1.0)) > 5).mean() < 0.006
