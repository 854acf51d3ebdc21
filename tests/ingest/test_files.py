"""What the console script says of a file: figures, what was rejected, and what is wrong with it."""

import asyncio
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyais.encode import encode_dict
from typer.testing import CliRunner, Result

from schemas import Fact, Reading
from services.cli import app
from services.ingest import files
from services.settings import SettingError
from tests.historian.records import START, reading
from tests.running import PATIENCE_S

SENTENCES = [
    f"{sentence}\n"
    for n in range(200)
    for sentence in encode_dict({"type": 1, "mmsi": 244_000_001, "lat": 52, "lon": n / 100})
]
AIS = "".join(SENTENCES).encode()
READINGS = b"".join(reading(n, seq=n).to_json() + b"\n" for n in range(50))

Write = Callable[[bytes], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: bytes) -> str:
        path = tmp_path / "feed"
        path.write_bytes(content)
        return str(path)

    return write_file


def dry_run(kind: str, path: str, *options: str) -> tuple[Result, dict[str, Any]]:
    result = CliRunner().invoke(app, ["ingest", kind, path, "--dry-run", *options])
    if isinstance(result.exception, SettingError):
        raise result.exception
    return result, json.loads(result.stdout)


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip, whatever its name": gzip.compress,
    "mark": lambda content: b"\xef\xbb\xbf" + content,
    "mark again where files were joined": lambda content: (b"\xef\xbb\xbf" + content) * 2,
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "UTF-16, big-endian, no mark": lambda content: content.decode().encode("utf-16-be"),
    "UTF-16 in gzip": lambda content: gzip.compress(content.decode().encode("utf-16")),
}


@pytest.mark.parametrize("packing", PACKINGS.values(), ids=PACKINGS)
@pytest.mark.parametrize(("kind", "content"), [("ais", AIS), ("readings", READINGS)])
def test_the_same_content_is_taken_however_it_is_packed(
    write: Write, kind: str, content: bytes, packing: Callable[[bytes], bytes]
) -> None:
    packed = packing(content)
    copies = packed.count(content) or 1
    result, figures = dry_run(kind, write(packed))
    assert (result.exit_code, result.stderr) == (0, "")
    assert figures["readings"] == content.count(b"\n") * copies
    assert (figures["rejected_total"], figures["other_lines"]) == (0, 0)


@pytest.mark.parametrize(("kind", "content"), [("ais", AIS), ("readings", READINGS)])
def test_an_archive_that_ends_early_gives_its_whole_lines_and_says_so(
    write: Write, kind: str, content: bytes
) -> None:
    packed = gzip.compress(content)
    result, figures = dry_run(kind, write(packed[: len(packed) * 3 // 4]))
    assert result.exit_code == 1
    assert 0 < figures["readings"] < content.count(b"\n")
    assert f"ends early, at byte {len(packed) * 3 // 4}" in figures["problem"]
    assert figures["problem"] in result.stderr


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("ais", READINGS, "none of 50 lines holds an AIS sentence"),
        ("ais", b"\x01\x02\n" * 9, "none of 9 lines"),
        ("ais", b"$GPGGA,1*4B\n", "AIS sentence"),
        ("readings", b"\n\n\n", "all of 3 lines are empty"),
    ],
)
def test_a_file_of_another_kind_is_not_passed_over(
    write: Write, kind: str, content: bytes, words: str
) -> None:
    result, figures = dry_run(kind, write(content))
    assert result.exit_code == 1
    assert words in figures["problem"]
    assert words in result.stderr


def test_nothing_is_nothing_wrong(write: Write) -> None:
    for kind in ("ais", "readings"):
        result, figures = dry_run(kind, write(b""))
        assert (result.exit_code, figures["readings"]) == (0, 0)


def test_a_dry_run_writes_the_readings_and_names_the_first_that_are_rejected(
    write: Write, tmp_path: Path
) -> None:
    bad = b'{"asset": "ship-1"}\n' * 7
    result, figures = dry_run("readings", write(bad + READINGS), "--out", f"{tmp_path}/out")
    assert result.exit_code == 0
    written = (tmp_path / "out").read_bytes().splitlines()
    assert [Reading.model_validate_json(line) for line in written] == [
        Reading.model_validate_json(line) for line in READINGS.splitlines()
    ]
    assert figures["rejected"] == {"missing_field": 7}
    told = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in told] == [f"line {n}" for n in range(1, 6)]


def test_a_fact_among_readings_is_told_where_to_go(write: Write) -> None:
    fact = Fact(
        id="f", asset="ship-1", asset_class="ship", kind="built", valid_from=START,
        recorded_at=START, source="yard",
    )  # fmt: skip
    result, figures = dry_run("readings", write(READINGS + fact.to_json()))
    assert figures["rejected"] == {"is_a_fact": 1}
    assert "leasewatch declare" in result.stderr


def test_a_workbook_is_named_for_what_it_is(write: Write) -> None:
    with pytest.raises(SettingError, match="Excel"):
        dry_run("readings", write(b"PK\x03\x04" + bytes(99)))


def test_the_input_of_a_pipe_is_known_by_its_first_bytes_too() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "services.cli", "ingest", "readings", "-", "--dry-run"],
        input=gzip.compress(READINGS), capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert json.loads(ended.stdout)["readings"] == 50


@pytest.mark.parametrize("name", ["", "a\udcffb", "a\nb", "a\0b", "x" * 257])
def test_a_name_that_no_source_can_have_is_refused(write: Write, name: str) -> None:
    for kind in ("ais", "readings"):
        with pytest.raises(SettingError, match="--source"):
            dry_run(kind, write(AIS), "--source", name)


async def test_a_pipe_that_is_quiet_still_gives_batches_for_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, write = os.pipe()
    monkeypatch.setattr(files, "TICK_S", 0.1)
    with open(read) as stdin, open(write, "wb", buffering=0) as pipe:
        monkeypatch.setattr(sys, "stdin", stdin)
        batches = files._File("-", 1000).batches()
        async with asyncio.timeout(PATIENCE_S):
            assert await anext(batches) == []
            pipe.write(b"one\ntwo\n")
            pipe.close()
            rest = [line async for batch in batches for line in batch]
    assert [(line.number, line.raw) for line in rest] == [(1, b"one"), (2, b"two")]
