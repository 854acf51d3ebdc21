"""The bench of the simulator gives the promised figures; how large they are is not tested."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app

pytestmark = pytest.mark.slow

PROMISED = {"readings_per_s_world", "readings_per_s_to_file", "readings_per_s_to_kafka"}


def test_one_process_is_measured_into_a_file_and_into_kafka(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    told = CliRunner().invoke(
        app, ["bench", "simulate", "--scenario", "smoke", "--assets", "8", "--readings", "1000",
              "--json", str(out)]
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    figures = json.loads(out.read_text())
    assert (figures["scenario"], figures["assets"]) == ("smoke", 8)
    assert figures["readings"] >= 1_000
    assert all(figures[name] > 0 for name in PROMISED)
