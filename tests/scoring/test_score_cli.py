"""`leasewatch score` as a user's terminal sees it."""

import csv
import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from services.domain.detectors.discord import DiscordSettings
from services.domain.detectors.scores import ScoreSettings
from services.scoring import files
from services.scoring.settings import read_settings
from services.settings import SettingError
from tests.command import Command
from tests.domain.streams import sensors

ROWS, BEFALLEN = 2_000, 1_500


@pytest.fixture(scope="module")
def table() -> str:
    """Sensors every five minutes, one of which leaps."""
    values = sensors(ROWS)
    values[BEFALLEN : BEFALLEN + 30, 1] += 60.0
    lines = [
        f"2026-01-{1 + n // 288:02d} {n % 288 // 12:02d}:{n % 12 * 5:02d},"
        + ",".join("" if (n + i) % 50 == 0 else f"{x:.3f}" for i, x in enumerate(row))
        for n, row in enumerate(values.tolist())
    ]
    return "\n".join(["timestamp,a,b,c", *lines, ""])


@pytest.fixture
def source(tmp_path: Path, table: str) -> Path:
    file = tmp_path / "in.csv"
    file.write_text(table)
    return file


def scores_of(file: Path) -> list[tuple[str, float]]:
    with file.open(newline="") as text:
        header, *rows = csv.reader(text)
    assert header == ["timestamp", "score"]
    return [(timestamp, float(score)) for timestamp, score in rows]


@pytest.mark.parametrize("output", ["alert", "level"])
def test_each_row_has_its_score(
    command: Command, source: Path, tmp_path: Path, output: str
) -> None:
    target = tmp_path / "new" / "out.csv"
    done = command("score", str(source), str(target), "--output", output)
    assert done == (0, "", "")
    rows = scores_of(target)
    given = [line.partition(",")[0] for line in source.read_text().splitlines()[1:]]
    assert [timestamp for timestamp, _ in rows] == given
    scores = np.array([score for _, score in rows])
    assert ((scores >= 0.0) & (scores <= 1.0)).all()
    assert scores[BEFALLEN : BEFALLEN + 15].max() >= 0.5 > scores[:BEFALLEN].mean()
    assert [path.name for path in target.parent.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("output", ["alert", "level"])
def test_the_first_rows_of_a_table_have_the_first_scores(
    command: Command, source: Path, tmp_path: Path, table: str, output: str
) -> None:
    target = tmp_path / "out.csv"
    command("score", str(source), str(target), "--output", output)
    whole = target.read_text().splitlines()
    for rows in (0, 1, 250, BEFALLEN + 3):
        source.write_text("\n".join(table.splitlines()[: rows + 1]) + "\n")
        command("score", str(source), str(target), "--output", output)
        assert target.read_text().splitlines() == whole[: rows + 1]


def test_the_alert_is_what_is_given_without_a_choice(
    command: Command, source: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv.gz"
    command("score", str(source), str(one))
    command("score", str(source), str(other), "--output", "alert")
    assert one.read_bytes() == gzip.decompress(other.read_bytes())


def test_how_many_rows_are_read_at_once_changes_nothing(
    command: Command, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    command("score", str(source), str(whole))
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 77)
    command("score", str(source), str(parts))
    assert parts.read_bytes() == whole.read_bytes()


def test_one_bad_file_does_not_stop_the_others(
    command: Command, source: Path, tmp_path: Path
) -> None:
    bad, away, fine = tmp_path / "bad.csv", tmp_path / "none.csv", tmp_path / "fine.csv"
    bad.write_text("when,a\n1,2\n")
    batch = tmp_path / "list"
    batch.write_text(
        f"# what, a tab, where\n\n{bad}\t{bad}.out\n{away}\t{away}.out\n"
        f"{source}\t{source}/out\n{source}\t{fine}\n"
    )
    done = command("score", "--batch", str(batch))
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert len(said) == 3
    assert "bad.csv has no column `timestamp`" in said[0]
    assert "none.csv cannot be read: No such file" in said[1]
    assert "out cannot be written" in said[2]
    assert len(scores_of(fine)) == ROWS
    assert {path.name for path in tmp_path.iterdir()} == {"bad.csv", "in.csv", "fine.csv", "list"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give INPUT.csv and OUTPUT.csv, or --batch LIST"),
        (["a.csv"], "give INPUT.csv and OUTPUT.csv, or --batch LIST"),
        (["a.csv", "b.csv", "--batch", "list"], "give INPUT.csv and OUTPUT.csv, or --batch LIST"),
        (["--batch", "none"], "the list none cannot be read"),
        (["a.csv", "b.csv", "--config", "none.toml"], "none.toml cannot be read as TOML"),
    ],
)
def test_what_cannot_be_meant(command: Command, arguments: list[str], words: str) -> None:
    done = command("score", *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_line_of_a_list_without_a_tab(command: Command, tmp_path: Path) -> None:
    batch = tmp_path / "list"
    batch.write_text("a.csv\tb.csv\nc.csv d.csv\n")
    done = command("score", "--batch", str(batch))
    assert done.returncode == 2
    assert "line 2: write the input, a tab, the output; it is 'c.csv d.csv'" in done.stderr


def test_settings_change_the_scores(command: Command, source: Path, tmp_path: Path) -> None:
    before, after, config = (tmp_path / name for name in ("b.csv", "a.csv", "c.toml"))
    config.write_text("[alarm]\nthreshold = 3.0\n")
    command("score", str(source), str(before))
    command("score", str(source), str(after), "--config", str(config))
    alarms = [sum(score >= 0.5 for _, score in scores_of(file)) for file in (before, after)]
    assert alarms[0] > alarms[1]


@pytest.mark.parametrize("form", ["toml", "json"])
def test_settings_of_a_file(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"settings.{form}"
    given = {"discord": {"history_rows": 2_000}}
    file.write_text(json.dumps(given) if form == "json" else "[discord]\nhistory_rows = 2_000\n")
    assert read_settings(file) == ScoreSettings(discord=DiscordSettings(history_rows=2_000))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[discord]\nhistory = 9\n", "discord.history: Extra inputs are not permitted"),
        ("[discord]\nhistory_rows = 9\n", "discord.history_rows: Input should be greater"),
        ("[weather]\n", "weather: Extra inputs are not permitted"),
        ("[alarm\n", "cannot be read as TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(SettingError, match=words):
        read_settings(file)


def test_each_setting_is_described() -> None:
    schema = ScoreSettings.model_json_schema()
    parts = [part for one in schema["$defs"].values() for part in one["prefixItems"]]
    assert len(parts) > 20
    sections = {"novelty", "alarm", "gated", "gated_departure", "discord", "discord_departure"}
    assert all(part.get("description") for part in parts)
    assert {
        name for name, one in schema["properties"].items() if not one.get("description")
    } == sections


def named_settings() -> list[tuple[str, ...]]:
    """The section and the name of each, or the name alone."""
    paths: list[tuple[str, ...]] = []
    for section, default in ScoreSettings():
        names = getattr(default, "_fields", None)
        paths += [(section,)] if names is None else [(section, name) for name in names]
    return paths


@pytest.mark.parametrize("path", named_settings(), ids=".".join)
def test_each_setting_is_a_finite_number(path: tuple[str, ...]) -> None:
    for value in (math.nan, math.inf, -math.inf):
        given: object = value
        for name in reversed(path):
            given = {name: given}
        with pytest.raises(ValidationError):
            ScoreSettings.model_validate(given)
