"""The bench runs and gives its figures under the promised names; their size is not tested."""

import sys
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
from typer.testing import CliRunner

from schemas import Reading
from services.bench_cli import app
from services.domain.monitor.core import MonitorCore
from services.monitor.bench import compare, report
from services.monitor.bench.core import SHAPES, core_us
from services.monitor.bench.report import PARTS, Figures, Part, bench
from services.monitor.bench.worlds import Keyed, fleet, history, world
from tests.test_dependency_rule import ROOT, files, imports, within

PROMISED = {
    "core_us", "us_growth", "bytes_per_asset", "shell_us", "readings_per_s", "ratio_faust",
    "ratio_quix", "ratio_naive", "us_at_2000_per_s", "latency_p99_ms_at_2000_per_s",
    "latency_p99_ms", "recovery_s", "blocked_ms_max",
}  # fmt: skip


def test_every_promised_figure_is_given_by_a_part() -> None:
    assert set.union(*(set(part.gives) for part in PARTS.values())) >= PROMISED


def _part(**figures: float) -> Part:
    def run(scale: float, say: Callable[[str], None]) -> Figures:
        say(f"at {scale}")
        return dict(figures)

    return Part("something", frozenset({"a_us", "blocked_ms_max"}), run)


def test_the_longest_block_of_all_parts_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"one": _part(a_us=1, blocked_ms_max=9), "two": _part(a_us=2, blocked_ms_max=3)}
    monkeypatch.setattr(report, "PARTS", parts)
    said: list[str] = []
    figures = bench(["one", "two"], 0.5, said.append)
    assert set(figures.pop("load_average")) == {"before", "after"}
    assert figures == {"a_us": 2, "blocked_ms_max": 9}
    assert said == ["one: something ...", "at 0.5", "two: something ...", "at 0.5"]


def test_a_part_that_gives_other_names_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "PARTS", {"one": _part(b_us=1)})
    with pytest.raises(RuntimeError, match="one gives"):
        bench(["one"], 1.0, print)


def test_the_core_is_measured_on_every_shape() -> None:
    assert set(SHAPES) >= {"wide", "narrow", "world", "tiny"}
    quick = {"wide", "narrow", "tiny", "history"}  # a whole world takes seconds to begin
    costs = core_us(0.001, quick)
    assert set(costs) == quick
    assert all(cost > 0 for cost in costs.values())


@pytest.mark.parametrize("records", [fleet(9), fleet(30_000), history(), world("smoke")])
def test_the_core_takes_all_that_the_bench_sends(records: Iterator[Keyed]) -> None:
    sent = list(islice(records, 2_000))
    keys, values = [key for key, _ in sent], [value for _, value in sent]
    outcome = MonitorCore(0).step(range(len(sent)), values, keys)
    assert outcome.signals
    assert not outcome.rejected


def test_a_fleet_reports_once_in_ten_seconds_each() -> None:
    sent = list(islice(fleet(1_200), 3_600))
    readings = [Reading.model_validate_json(value) for _, value in sent]
    assert [reading.asset.encode() for reading in readings] == [key for key, _ in sent]
    assert [reading.seq for reading in readings] == [n // 1_200 for n in range(3_600)]
    seconds = [(reading.time - readings[0].time).total_seconds() for reading in readings]
    assert seconds == sorted(seconds)
    assert seconds[-1] == 29


def test_a_part_that_there_is_not_is_named() -> None:
    result = CliRunner().invoke(app, ["monitor", "--only", "core,rust"])
    assert result.exit_code == 2
    assert "There is no part rust" in result.output


def test_the_peers_need_nothing_of_the_product() -> None:
    """They run in a Python that has their libraries alone."""
    folder = "services.monitor.bench.peers"
    theirs = {
        folder,
        "services.folders",
        "aiokafka",
        "faust",
        "msgspec",
        "quixstreams",
        *sys.stdlib_module_names,
    }
    programs = files(folder.replace(".", "/"))
    assert {path.stem for path in programs} >= {peer.program for peer in compare.PEERS.values()}
    packages = [ROOT / "services", ROOT / "services/monitor", ROOT / "services/monitor/bench"]
    for path in [
        ROOT / "services/folders.py",
        *programs,
        *(package / "__init__.py" for package in packages),
    ]:
        assert [name for name in imports(path) if not within(name, theirs)] == [], path
