"""A file of AIS sentences goes in at one end and comes out of the database at the other."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pyais.encode import encode_dict

from services.line.line import run_line

VESSELS, REPORTS = 12, 20


@pytest.mark.servers
def test_every_sentence_of_a_file_is_stored_or_rejected(tmp_path: Path) -> None:
    feed = tmp_path / "feed.nmea"
    feed.write_bytes(b"".join(sentences()) + b"!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0*00\n")
    with run_line(tmp_path / "line") as line:
        environment = {**os.environ, **line.supervisor.environment}
        first = ingest(feed, environment)
        again = ingest(feed, environment)
        assert line.wait_until_drained(patience_s=60)
        report = line.verify()
        with psycopg.connect(line.database_url) as connection:
            stored = connection.execute("SELECT count(*), count(DISTINCT asset) FROM reading")
            assert stored.fetchone() == (VESSELS * REPORTS, VESSELS)
            reasons = connection.execute("SELECT reason FROM rejected").fetchall()
    assert first["readings"] == VESSELS * REPORTS
    assert first["rejected"] == {"bad_checksum": 1}
    assert again["readings"] == 0, "the same file once more must add nothing"
    assert reasons == [("bad_checksum",)]
    assert (report.lost, report.duplicated) == (0, 0)


def sentences() -> list[bytes]:
    """Position reports of some vessels under way off Rotterdam, a tag block with the time each."""
    lines = []
    for report in range(REPORTS):
        for vessel in range(VESSELS):
            message: dict[str, str | int | float | bytes | bool] = {
                "type": 1,
                "mmsi": 244_000_001 + vessel,
                "speed": 12.3,
                "lat": 52.0 + vessel * 0.01,
                "lon": 3.5 + report * 0.001,
                "course": 90.0,
                "status": 0,
            }
            tag = f"c:{1_767_225_600 + report * 10}"
            checksum = 0
            for character in tag.encode():
                checksum ^= character
            for sentence in encode_dict(message):
                lines.append(f"\\{tag}*{checksum:02X}\\{sentence}\n".encode())
    return lines


def ingest(feed: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Runs `leasewatch ingest ais` and returns its counts."""
    command = [sys.executable, "-m", "services.cli", "ingest", "ais", str(feed)]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=600
    )
    counts: dict[str, Any] = json.loads(ended.stdout)
    return counts
