"""`leasewatch up`: a fleet of one's own on a folder that outlasts stops, kills and restarts."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyais.encode import encode_dict

from services.embedded.ports import free_ports
from tests.end_to_end.processes import LEASEWATCH, Running, running
from tests.running import PATIENCE_S, get

pytestmark = pytest.mark.servers

SHIP, READINGS = "ship-9321483", 30
VESSELS, REPORTS = 12, 20
FACTS = """asset,asset_class,kind,valid_from,lease,lessee
ship-9321483,ship,registered,2012-03-01,,
ship-9321483,ship,built,2014-02-01,,
ship-9321483,ship,lease_signed,2014-04-01,LS-1,Northern Lanes
ship-9321483,ship,delivered,2014-06-01,LS-1,Northern Lanes
ship-9321483,ship,casualty,2026-01-01,,
"""


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user without servers in the environment; where he keeps his files."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "facts.csv").write_text(FACTS)
    (tmp_path / "readings.ndjson").write_text("".join(readings()))
    (tmp_path / "feed.nmea").write_text("".join([*sentences(), SPOILT]))
    yield tmp_path


def test_history_alerts_and_offsets_outlast_a_stop_and_a_kill(user: Path) -> None:
    folder = user / "line"
    (port,) = free_ports(1)
    with up(user, f"--port={port}") as line:
        page = line.page()
        assert f":{port}/" in page
        refused = leasewatch("up", f"--data={folder}")
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 2)
        assert f"{folder} is used by another line: stop that one first" in refused.stderr

        assert leasewatch("declare", str(user / "facts.csv")).returncode == 0
        assert ingest(user) == (READINGS, {})
        assert ingest_ais(user) == (VESSELS * REPORTS, {"bad_checksum": 1})
        answer(line, page, "api/fleet", all_vessels)
        alert = answer(line, page, "api/alerts", casualty)
        done = httpx.post(
            f"{page}api/alerts/acknowledge",
            json={"asset": SHIP, "alert": alert["alert"], "actor": "rosa"},
        )
        assert done.is_success, done.text
        before = everything(line, page)
        assert line.end(signal.SIGTERM) == 0

    with up(user) as line:
        assert line.page() == page
        assert ingest(user) == (0, {})
        assert ingest_ais(user)[0] == 0, "the same file once more must add nothing"
        assert everything(line, page) == before
        line.end(signal.SIGKILL)

    with up(user) as line:
        assert line.page() == page
        assert everything(line, page) == before
        chosen = leasewatch("--data", str(folder), "verify")
        counted = json.loads(chosen.stdout)
        produced = READINGS + VESSELS * REPORTS
        assert (counted["produced"], counted["stored"]) == (produced, produced)
        assert (counted["rejected"], counted["lost"], counted["duplicated"]) == (1, 0, 0)
        assert line.end(signal.SIGINT) == 0
    nobody = leasewatch("--data", str(folder), "verify")
    assert f"no line runs on {folder}: start it with `leasewatch up" in nobody.stderr


def up(user: Path, *arguments: str) -> Any:
    """The line on the user's folder."""
    folder = user / "line"
    return running("up", f"--data={folder}", *arguments, stderr=user / f"{os.urandom(4).hex()}.log")


def everything(line: Running, page: str) -> dict[str, Any]:
    """The asset's alerts and track, once the acknowledgement and all readings are in."""

    def acknowledged(found: dict[str, Any]) -> Any:
        return (casualty(found) or {}).get("handling") == "acknowledged" and found["alerts"]

    def whole(found: dict[str, Any]) -> Any:
        return len(found["properties"]["times"]) == READINGS and found

    day = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
    return {
        "alerts": answer(line, page, f"api/alerts?asset={SHIP}", acknowledged),
        "track": answer(line, page, f"api/assets/{SHIP}/track?{day}", whole),
    }


def casualty(found: dict[str, Any]) -> dict[str, Any] | None:
    return next((alert for alert in found["alerts"] if alert["rule"] == "casualty"), None)


def answer(
    line: Running, page: str, path: str, take: Callable[[dict[str, Any]], Any]
) -> dict[str, Any]:
    """What `take` takes out of the API's answer, as soon as it takes something."""

    def ask() -> Any:
        with suppress(httpx.HTTPError):
            found = get(page + path)
            return take(found.json()) if found.is_success else None

    found: dict[str, Any] = line.wait_for(ask, path)
    return found


def leasewatch(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*LEASEWATCH, *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


def ingest(user: Path) -> tuple[int, dict[str, int]]:
    """How many readings of the file were taken in, and what was rejected."""
    return taken("readings", user / "readings.ndjson")


def ingest_ais(user: Path) -> tuple[int, dict[str, int]]:
    """The same of the file of AIS sentences."""
    return taken("ais", user / "feed.nmea")


def taken(kind: str, file: Path) -> tuple[int, dict[str, int]]:
    done = leasewatch("ingest", kind, str(file))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    return int(figures["readings"]), dict(figures["rejected"])


def all_vessels(fleet: dict[str, Any]) -> bool:
    """Whether each vessel of the file is where its last report puts it."""
    last = round(3.5 + (REPORTS - 1) * 0.001, 3)
    at = [one["lon"] for one in fleet["assets"] if one["asset"].startswith("mmsi-")]
    return [round(lon, 3) for lon in at if lon is not None] == [last] * VESSELS


SPOILT = "!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0*00\n"


def sentences() -> Iterator[str]:
    """Position reports of some vessels under way off Rotterdam, a tag block with the time each."""
    for report in range(REPORTS):
        tag = f"c:{1_767_225_600 + report * 10}"
        checksum = 0
        for character in tag.encode():
            checksum ^= character
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
            for sentence in encode_dict(message):
                yield f"\\{tag}*{checksum:02X}\\{sentence}\n"


def readings() -> Iterator[str]:
    for number in range(READINGS):
        time = f"2026-01-01T12:{number:02d}:00Z"
        reading = {
            "asset": SHIP, "asset_class": "ship", "source": "our-feed", "time": time,
            "ingest_time": time, "seq": number, "lat": 52.0, "lon": 3.0 + number * 0.005,
            "channels": {"sog_kn": 11.0},
        }  # fmt: skip
        yield json.dumps(reading) + "\n"
