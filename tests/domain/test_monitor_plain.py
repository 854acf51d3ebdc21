"""The kernel as machine code and as plain Python: the same bytes, whatever the batches.

The plain one runs in a process of its own, about a millisecond a reading.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from services.domain import compiled
from services.domain.monitor.core import MonitorCore
from tests.domain.telemetry import reading, tick

ROOT = Path(__file__).parents[2]
ASSETS, TAUGHT, STREAMS = ("ship-1", "metro-1"), 1_150, 4
TIMELINES = {
    "monitor_timelines": 40, "judges_tracks": 20, "judges_ships": 20, "judges_trains": 9,
}  # fmt: skip
"""Files of timelines, and how many runs each has at least."""
ANOMALOUS = {"main_brg_degc": 9.0, "lo_press_bar": -1.2, "axle_box_1_degc": 12.0}


def driven(asset: str, second: int, random_: random.Random, strange: float) -> dict[str, float]:
    """Channels that follow their drivers, but for the part that is strange."""
    off = {name: strange * away for name, away in ANOMALOUS.items()}
    noise = random_.uniform(-1, 1)
    if asset.startswith("ship"):
        rpm = 80 + 5 * noise
        return {
            "sog_kn": 12 + noise, "me_rpm": rpm, "me_load_pct": 60 + noise,
            "lo_temp_degc": 45 + noise,
            "me_hours": second / 3600,
            "lo_press_bar": 2.6 + 0.01 * rpm / 80 + off["lo_press_bar"],
            "main_brg_degc": 30 + 0.25 * rpm + off["main_brg_degc"],
        }  # fmt: skip
    warm = 40 + 2 * noise
    boxes = {f"axle_box_{n}_degc": warm + 0.1 * n for n in range(1, 5)}
    boxes["axle_box_1_degc"] += off["axle_box_1_degc"]
    return {"speed_mps": 15 + noise, "doors_open": float(strange > 0 and noise > 0), **boxes}


def lesson() -> list[bytes]:
    """Readings after which every detector has an opinion."""
    random_ = random.Random(7)
    return [
        reading(asset, second, km=second * 0.006, **driven(asset, second, random_, 0.0))
        for second in range(0, 10 * TAUGHT, 10)
        for asset in ASSETS
    ]


def stream(seed: int) -> list[bytes]:
    """What may come after: anomalies, silences, two feeds, strange clocks, numbers and places."""
    random_, values, clock = random.Random(seed), [], 10 * TAUGHT
    for seq in range(150):
        clock += random_.choice([0, 1, 5, 10, 10, 10, 61, 400])
        source = random_.choice(["feed", "feed", "feed", "other"])
        ahead = random_.choice([0] * 12 + [4000, 5_000_000_000])
        if random_.random() < 0.1:
            values.append(random_.choice([tick(clock + ahead, source), b"{"]))
            continue
        asset = random_.choice([*ASSETS, "ship-2", "aircraft-1"])
        channels = driven(asset, clock, random_, float(seq > 30))
        channels |= random_.choice([{}, {}, {"colour": 1.0}, {"me_rpm": 999.0}, {"me_hours": 1.0}])
        late = random_.choice([0, 0, 0, 0, 45, -300])
        where = random_.choice([{}, {}, {}, {"lat": 95.0}, {"lat": 1.26, "lon": 103.82}])
        values.append(
            reading(
                asset,
                clock - late,
                ingest=clock + ahead,
                seq=seq,
                source=source,
                km=clock * 0.006,
                **where,
                **channels,
            )
        )
    return values


def follow(chunks: dict[str, bytes], values: Sequence[bytes], cuts: Sequence[int]) -> list[str]:
    """Signals, rejections and the last checkpoint, of batches and restarts between the cuts."""
    core, signals, rejected = MonitorCore.restore(3, chunks), list[str](), list[str]()
    for start, stop in pairwise([0, *cuts, len(values)]):
        outcome = core.step(range(start, stop), values[start:stop])
        signals += [signal.decode() for _, signal in outcome.signals]
        rejected += [str(rejection) for rejection in outcome.rejected]
        if cuts:
            core = MonitorCore.restore(3, core.snapshot())
    last = core.snapshot()
    checkpoint = [f"{name} {hashlib.sha256(last[name]).hexdigest()}" for name in sorted(last)]
    return [*signals, *rejected, *checkpoint]


def taught() -> dict[str, bytes]:
    core, values = MonitorCore(3), lesson()
    core.step(range(len(values)), values)
    return core.snapshot()


def everything() -> list[list[str]]:
    """What this process concludes of every stream, as a whole."""
    chunks = taught()
    return [follow(chunks, stream(seed), []) for seed in range(STREAMS)]


@pytest.fixture(scope="module")
def chunks() -> dict[str, bytes]:
    return taught()


@pytest.mark.parametrize("seed", range(STREAMS))
def test_batches_and_restarts_change_nothing_once_taught(
    chunks: dict[str, bytes], seed: int
) -> None:
    values, random_ = stream(seed), random.Random(seed)
    whole = follow(chunks, values, [])
    assert [line for line in whole if '"anomaly_began"' in line and "baseline" in line]
    assert follow(chunks, values, range(1 + seed % 2, len(values), 2)) == whole
    for _ in range(5):
        cuts = sorted(random_.sample(range(1, len(values)), 8))
        assert follow(chunks, values, cuts) == whole


def plain(*command: str, **environ: str) -> str:
    """What a Python with an uncompiled kernel says."""
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=ROOT, timeout=600,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", **environ},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(compiled.PLAIN, reason="compares machine code with this mode")
def test_as_plain_python_it_concludes_the_same_of_streams() -> None:
    program = f"from {__name__} import everything; import json; print(json.dumps(everything()))"
    answer = plain("-c", program)
    assert json.loads(answer) == everything()


@pytest.mark.slow
@pytest.mark.skipif(compiled.PLAIN, reason="compares machine code with this mode")
def test_as_plain_python_it_concludes_the_same_of_the_timelines(tmp_path: Path) -> None:
    runs, folder = tmp_path / "runs", "tests/domain"
    files = [f"{folder}/test_{timelines}.py" for timelines in TIMELINES]
    plain("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files, KEEP_RUNS=str(runs))
    kept: list[Any] = [json.loads(line) for line in runs.read_text().splitlines()]
    for timelines, least in TIMELINES.items():
        assert sum(f"/test_{timelines}.py::" in test for test, _, _ in kept) > least
    for test, values, signals in kept:
        outcome = MonitorCore(0).step(range(len(values)), [value.encode() for value in values])
        assert [signal.decode() for _, signal in outcome.signals] == signals, test
