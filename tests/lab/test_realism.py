"""The rows of the realism table on readings made by hand, and the whole table on `smoke`."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from services.cli import app
from services.lab.realism.readings import Parts
from services.lab.realism.show import WITHIN, realism_table, write_plots
from services.lab.realism.streams import of_file, of_world
from services.lab.realism.table import ROWS, Realism, RealismRow, ratio, real_figures, realism
from services.lab.table import WIDTH, console
from services.settings import SettingError
from simulators.scenario import load_scenario
from tests.lab.builders import at

NORTH_PER_NM = 1 / 60


def said(
    minute: float, asset: str = "ship-1", lat: float = 55.0, lon: float = 3.0,
    asset_class: str = "ship", **channels: float,
) -> bytes:  # fmt: skip
    time = at(minute).isoformat().replace("+00:00", "Z")
    message = {
        "asset": asset, "asset_class": asset_class, "source": "s", "time": time,
        "ingest_time": time, "seq": 1, "lat": lat, "lon": lon, "channels": channels, "labels": {},
    }  # fmt: skip
    return json.dumps(message).encode()


def sailing(
    minutes: float, every_s: float = 60, kn: float = 12.0, since: float = 0, **channels: float
) -> list[bytes]:
    """Due north at `kn`; `channels` in place of the usual ones."""
    usual = {"sog_kn": kn, "cog_deg": 0.0, "heading_deg": 0.0, "nav_status": 0.0} | channels
    return [
        said(minute, "ship-1", 10 + minute / 60 * kn * NORTH_PER_NM, 3.0, "ship", **usual)
        for minute in np.arange(since, since + minutes, every_s / 60)
    ]


def lying(minutes: float, since: float = 0, kn: float = 0.0, status: float = 5) -> list[bytes]:
    return [
        said(minute, sog_kn=kn, cog_deg=0.0, heading_deg=0.0, nav_status=status)
        for minute in np.arange(since, since + minutes, 1.0)
    ]


def rocking(minutes: float, kn: float) -> list[bytes]:
    """At rest, every second reading at `kn`."""
    return [said(n / 2, sog_kn=kn * (n % 2), nav_status=5.0) for n in range(int(2 * minutes))]


def row(lines: list[bytes], name: str) -> RealismRow:
    found = realism("x", [lines])
    return next(one for one in found.rows if one.name == name)


def measured(lines: list[bytes], name: str) -> tuple[float | None, ...]:
    return row(lines, name).measured


DAY = 24 * 60


@pytest.mark.parametrize(
    ("name", "lines", "expected"),
    [
        ("ship SOG at rest", rocking(60, 0.2), (0.1, 0.1, 0.1)),
        ("ship SOG at rest", sailing(60), (None, None, None)),
        ("ship SOG at rest not always 0", lying(60) + lying(60, 60, kn=0.1), (0.5,)),
        ("ship SOG at rest not always 0", lying(60), (0.0,)),
        ("ship largest SOG at rest", lying(4) + lying(1, 4, kn=3.0), (3.0,)),
        ("ship COG against heading", sailing(60, cog_deg=359.0, heading_deg=2.0), (3.0,) * 4),
        ("ship COG against heading", sailing(60, kn=7), (None,) * 4),
        ("ship implied speed against SOG", sailing(60, sog_kn=16.0), (1.0,)),
        ("ship implied speed against SOG", sailing(60, sog_kn=14.0), (0.0,)),
        ("ship reporting interval", sailing(60), (0.0,)),
        ("ship gaps", sailing(50) + sailing(1, since=60) + sailing(1, since=103), (2 / 51, 1 / 51)),
        ("ship gaps while sailing", sailing(24 * 60) + sailing(1, since=29 * 60), (0.96,)),
        ("ship gaps while sailing", lying(24 * 60) + lying(1, since=29 * 60), (0.0,)),
        ("ship heading and COG missing", [said(n, sog_kn=1.0) for n in range(9)], (1.0, 1.0)),
        ("ship heading and COG missing", sailing(9), (0.0, 0.0)),
        ("ship status 0 at rest", lying(60, status=0) + sailing(60, since=60), (0.5,)),
        ("ship status 0 at rest", lying(60), (None,)),
        ("ship slow at sea", sailing(40, kn=1.0) + sailing(1400, since=40), (1.0,)),
        ("ship slow at sea", sailing(25, kn=1.0) + sailing(1415, since=25), (0.0,)),
        ("ship slow at sea", lying(1440, status=0), (0.0,)),
        ("ship slow at sea", sailing(1440, kn=1.0, nav_status=1.0), (0.0,)),
        ("ship moves with a status at rest",
         sailing(700) + sailing(40, since=700, nav_status=5.0) + sailing(700, since=740), (1.0,)),
    ],
)  # fmt: skip
def test_rows_of_ships(name: str, lines: list[bytes], expected: tuple[float | None, ...]) -> None:
    found, wanted = (
        np.array(figures, dtype=float) for figures in (measured(lines, name), expected)
    )
    assert found == pytest.approx(wanted, rel=0.01, nan_ok=True)


def test_a_place_at_rest_wanders_by_its_sd_on_each_axis() -> None:
    """By 4 m north and south, 4 m east and west; a window with a jump is left out."""
    metre = 1 / 111_195
    lines = [
        said(n / 10, lat=4 * metre * (-1) ** n, lon=4 * metre * (-1) ** (n // 2), sog_kn=0.0)
        for n in range(300)
    ]
    lines[7] = said(0.7, lat=0.1, lon=0.0, sog_kn=0.0)
    assert measured(lines, "ship position at rest") == pytest.approx((4.0,) * 3, rel=0.02)


def test_a_course_at_rest_is_noise_by_its_steps() -> None:
    lines = [said(n, sog_kn=0.0, cog_deg=[350.0, 10.0][n % 2]) for n in range(60)]
    assert measured(lines, "ship COG at rest") == pytest.approx((20.0, 20.0))


def test_a_jump_returns_at_once_or_is_confirmed() -> None:
    """Over 1.5 km faster than any ship: one fix, three fixes, and one that is far but slow."""
    track = sailing(1_440)
    one, three = list(track), list(track)
    one[700] = said(700, lat=50.0, sog_kn=12.0)
    assert measured(one, "ship jumps") == pytest.approx((1.0, 0.0), abs=0.01)
    for n in (700, 701, 702):
        three[n] = said(n, lat=50.0, sog_kn=12.0)
    assert measured(three, "ship jumps") == pytest.approx((0.0, 2.0), abs=0.01)  # there and back
    assert measured(sailing(50) + sailing(50, since=110), "ship jumps")[0] == 0


def test_hard_deceleration_is_told_by_the_minute() -> None:
    quick = sailing(720, every_s=10) + sailing(720, every_s=10, since=720, kn=8.0)
    slow = sailing(720) + sailing(2, since=720, kn=10.0) + sailing(718, since=722, kn=8.0)
    rough = [
        said(n / 6, lat=10 + n / 6 * 12 / 3600, sog_kn=12.0 - n % 2 * 0.7) for n in range(6 * 1440)
    ]
    assert measured(rough, "ship hard deceleration") == (0.0,)
    assert measured(quick, "ship hard deceleration") == pytest.approx((1.0,), abs=0.01)
    assert measured(slow, "ship hard deceleration") == pytest.approx((0.0,), abs=0.01)


def flying(every_s: float, too_short: float = 0.0, **channels: float) -> list[bytes]:
    """East along the equator at 480 kn; the positions fall `too_short` of that, as a share."""
    per_s = 480 / 3600 / 60 * (1 - too_short)
    usual = {"gs_kn": 480.0, "on_ground": 0.0} | channels
    return [
        said(s / 60, "air-1", 0.0, s * per_s, "aircraft", **usual)
        for s in np.arange(0, 600, every_s)
    ]


@pytest.mark.parametrize("every_s", [1, 5, 15])
def test_the_way_of_an_aircraft_against_its_speed(every_s: float) -> None:
    error = 480 * 0.514444 * 15 * -0.01
    found = measured(flying(every_s, 0.01), "aircraft way in 15 s")
    assert found == pytest.approx((error, error), rel=0.15)


def test_aircraft_tell_rates_and_heights_in_steps_and_how_sure_they_are() -> None:
    lines = flying(15, baro_rate_ft_min=640.0, alt_baro_ft=35_025.0, nac_p=9.0)
    lines.append(said(20, "air-1", 0.0, 0.0, "aircraft", alt_baro_ft=35_001.0, on_ground=0.0))
    assert measured(lines, "aircraft steps of rate and altitude") == pytest.approx((1, 40 / 41))
    nac_p = measured(lines, "aircraft nac_p")
    assert nac_p == pytest.approx((0, 40 / 41, 0, 0, 1 / 41), rel=1e-3)
    assert measured(lines, "aircraft vertical rate missing") == pytest.approx((1 / 41,), rel=1e-3)


def train(
    minutes: float, mps: float, since: float = 0, doors: float = 0, n: int = 1
) -> list[bytes]:
    return [
        said(m, f"metro-{n}", asset_class="metro", speed_mps=mps, doors_open=doors)
        for m in np.arange(since, since + minutes, 0.5)
    ]


def test_rows_of_trains() -> None:
    lines = train(60, 15.0) + train(20, 15.0, doors=1, n=2)
    assert measured(lines, "train doors open while running") == (0.25,)
    assert measured(lines, "train doors open throughout") == (0.5,)
    stands = train(50, 15.0) + train(5, 0.0, 50) + train(4, 15.0, 55) + train(2, 0.0, 59)
    depot = train(300, 0.0, 61) + train(1, 15.0, 361)
    assert measured(stands + depot, "train stands") == pytest.approx((1 / (61.5 / 60),), rel=0.05)
    unheard = train(60, 15.0) + train(5, 0.0, 60) + train(1, 0.0, 545) + train(60, 15.0, 546)
    assert measured(unheard, "train stands") == pytest.approx((1 / (126 / 60),), rel=0.05)


def test_parts_are_handed_out_in_bounded_memory_and_no_step_is_lost() -> None:
    lines = sailing(600)
    whole, cut = realism("x", [lines]), Parts(most_waiting=50)
    steps, most = 0, 0
    for _, part in [*cut.take(lines), *cut.rest()]:
        steps += len(part.time_s) - 1
        most = max(most, len(part.time_s))
    assert (steps, most) == (599, 51)
    assert whole.readings == cut.readings == 600


def test_readings_that_come_late_or_twice_take_their_place() -> None:
    lines = sailing(60)
    mixed = [*lines[30:], *lines[:30], lines[7], b"{", b'{"kind":"built"}']
    mixed += [lines[3].replace(b"ship", b"\xff", 1), lines[3][:-1] + b',"x":' + b"[" * 9_999]
    found, usual = realism("x", [mixed]), realism("x", [lines])
    assert (found.readings, found.unread) == (61, 4)
    assert [one.measured for one in found.rows] == [one.measured for one in usual.rows]


@pytest.mark.parametrize(
    ("measured_", "real", "factor"),
    [(2.0, 1.0, 2), (0.5, 1.0, 2), (-2.0, -1.0, 2), (0.0, 0.01, 1), (0.0, 1.0, 10), (None, 1, None),
     (-2.0, 1.0, None), (-0.05, 0.08, 1)],
)  # fmt: skip
def test_a_factor_is_1_or_more_and_what_is_below_least_is_as_good(
    measured_: float | None, real: float, factor: float | None
) -> None:
    assert ratio(measured_, real, least=0.1) == factor


@pytest.fixture(scope="module")
def smoke() -> Realism:
    return realism("smoke", of_world(load_scenario("smoke"), None))


TOO_FEW: dict[str, tuple[float, str]] = {
    "ship heading and COG missing": (4, "one ship in 59 never reports a COG: of 50 none or one"),
    "ship jumps": (6, "a step in 50,000 looks like a confirmed jump: none to six in 83 ship-days"),
    "train doors open throughout": (4, "one train in 88: of 25 none or one"),
    "train doors open while running": (4, "that one train runs for a 25th of all"),
}  # fmt: skip
"""Rows whose events are too few in `smoke` for a factor of two, the factor they keep, and why."""


@pytest.mark.slow
def test_smoke_is_within_a_factor_of_two_of_real_recordings(smoke: Realism) -> None:
    far = [
        f"{row.name}: measured {row.measured}, real {row.real}"
        for row in smoke.rows
        if row.factor is None or row.factor > TOO_FEW.get(row.name, (WITHIN, ""))[0]
    ]
    assert not far, "\n".join(far)


@pytest.mark.slow
def test_every_row_has_real_figures_with_their_source_and_is_told_of_the_smoke_world(
    smoke: Realism,
) -> None:
    real = real_figures()
    assert [row.name for row in smoke.rows] == [row.name for row in ROWS] == list(real)
    assert smoke.assets == {"aircraft": 25, "metro": 25, "ship": 50} and smoke.unread == 0
    for one in smoke.rows:
        assert one.source and one.least > 0
        assert len(one.real) == len(one.figures) == len(one.measured)
        assert None not in one.measured, one.name
        assert one.factor is None or one.factor >= 1


@pytest.mark.slow
def test_the_table_fits_the_screen_and_the_plots_are_drawn(smoke: Realism, tmp_path: Path) -> None:
    screen = console()
    with screen.capture() as captured:
        screen.print(realism_table(smoke))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= WIDTH and not any("…" in line for line in lines)
    figures = sum(len(one.figures) for one in smoke.rows)
    told = [one.note for one in smoke.rows if one.note and (one.factor or WITHIN + 1) > WITHIN]
    assert told and " ".join(told[0].split()) in " ".join(" ".join(lines).split())
    assert len(lines) >= figures + 3 + len(told)
    write_plots(smoke, tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def test_a_recording_is_measured_the_same_way(tmp_path: Path) -> None:
    recording, out = tmp_path / "mine.ndjson", tmp_path / "mine.json"
    recording.write_bytes(b"\n".join([*sailing(60), b""]))
    told = CliRunner().invoke(
        app, ["lab", "realism", "--against", str(recording), "--json", str(out)]
    )
    assert told.exit_code == 0, told.output
    assert "mine.ndjson: 60 readings of 1 ship" in told.output
    assert Realism.model_validate_json(out.read_text()) == realism(
        "mine.ndjson", of_file(recording)
    )
    gone = CliRunner().invoke(app, ["lab", "realism", "--against", str(tmp_path / "none")])
    assert isinstance(gone.exception, SettingError) and "cannot be read" in str(gone.exception)
