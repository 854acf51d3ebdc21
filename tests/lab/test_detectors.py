"""The bench of the detectors: what counts as noticed, and that it runs as a whole."""

import json
from pathlib import Path

import numpy as np
import pytest

from services.domain.detectors.scores import Detectors
from services.lab.detectors.fleet import SENSOR_FAULTS, Fault, Life
from services.lab.detectors.rates import copied
from services.lab.detectors.recall import noticed
from services.lab.detectors.rivals import RIVALS
from tests.command import Command
from tests.domain.streams import hours, of_one, sensors


def life(rows: int, faults: list[Fault], channels: int = 2) -> Life:
    healthy = np.ones(rows, bool)
    for fault in faults:
        healthy[fault.first : fault.last] = False
    return Life(sensors(rows, channels), hours(rows), healthy, faults)


def test_one_threshold_holds_for_all_assets() -> None:
    one = life(2_000, [Fault("stuck", 1_000, 1_010), Fault("spike", 1_500, 1_510)])
    other = life(2_000, [Fault("spike", 500, 510)])
    calm, loud = np.zeros(2_000), np.full(2_000, 5.0)
    calm[[100, 1_003]] = 9.0
    loud[[200, 300, 400, 505]] = [6.0, 7.0, 8.0, 5.5]
    found = noticed([one, other], [calm, loud], 1.0).recall
    # three of the 3,970 healthy rows may be higher: 9, 8 and 7
    assert found == {"all": pytest.approx(0.333), "spike": 0.0, "stuck": 1.0}


def test_scores_that_are_all_alike_notice_nothing() -> None:
    one = life(2_000, [Fault("stuck", 1_000, 1_010)])
    assert noticed([one], [np.ones(2_000)], 1.0).recall == {"all": 0.0, "stuck": 0.0}


@pytest.mark.parametrize("name", [name for name in RIVALS if name.startswith("river")])
def test_a_rival_sees_what_is_glaring(name: str) -> None:
    one = life(600, [])
    one.values[550:555] *= 30.0
    scores = RIVALS[name](one)
    assert np.isfinite(scores).all()
    assert scores[550:555].max() > np.quantile(scores[300:550], 0.99)


def test_copies_of_an_asset_go_on_as_it_does() -> None:
    one = Detectors.new(1, 3)
    values, hour = sensors(500), hours(500)
    one.take(of_one(400), values[:400], hour[:400])
    many = copied(one, 3)
    alone = one.take(of_one(100), values[400:], hour[400:])
    together = many.take(
        np.repeat(np.arange(3), 100), np.tile(values[400:], (3, 1)), np.tile(hour[400:], 3)
    )
    np.testing.assert_array_equal(together.alert, np.tile(alone.alert, 3))
    np.testing.assert_array_equal(together.level, np.tile(alone.level, 3))


@pytest.mark.slow
def test_the_bench_of_a_small_fleet(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    done = command(
        "bench", "detectors", "--assets", "4", "--days", "1", "--rate-assets", "10",
        "--json", str(file),
    )  # fmt: skip
    assert done.returncode == 0
    assert "river HalfSpaceTrees" in done.stdout
    figures = json.loads(file.read_text())
    assert figures["rows_per_s"] > 1_000
    assert set(figures["recall"]) == {"alert", "level", *RIVALS}
    kinds = {*figures["recall_fleet"]["faults"]}
    assert {"all"} < kinds <= {"all", *SENSOR_FAULTS}
    for recall in figures["recall"].values():
        assert recall.keys() == kinds
        assert all(0.0 <= share <= 1.0 for share in recall.values())
