"""The page of a run: what is on it, and that its pictures show what the fleet reported."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading import Reading
from services.lab.outcome import AssetSeen, Outcome
from services.lab.page.write import _fair, write_page
from services.lab.pictures.cases import NOTICED_PER_KIND, cases
from services.lab.pictures.map import Track
from services.lab.pictures.series import Past, Window, gather
from services.lab.pictures.svg import LEFT, WIDTH, Picture, Strip, draw
from simulators.scenario import Cadence, FleetSize, Scenario
from simulators.world import World
from tests.lab.builders import DAY, alert, at, fault, outcome

pytestmark = pytest.mark.slow

HOUR = 60.0
SCENARIO = Scenario(
    name="page", title="a day of a few ships", days=1, start=DAY, block_s=300,
    fleet=FleetSize(ships=4, aircraft=2, trains=2, ship_feeds=2),
    cadence=Cadence(ship_under_way_s=60, aircraft_airborne_s=30, train_service_s=30),
)  # fmt: skip
SHIPS = World(SCENARIO, only=()).fleets["ship"].assets[:2]
SHIP, OTHER = SHIPS


@pytest.fixture(scope="session")
def judged() -> Outcome:
    labels = [
        fault(2 * HOUR, 4 * HOUR, "anomaly", SHIP, kind="drift", channels=("lo_temp_degc",)),
        fault(8 * HOUR, 9 * HOUR, "silence", SHIP, kind="dark", notice=10),
        fault(8 * HOUR, 9 * HOUR, "position_jump", OTHER, kind="spoof", channels=("lat", "lon")),
        fault(14 * HOUR, 15 * HOUR, "rendezvous", OTHER, SHIP, kind="rendezvous"),
    ]
    alerts = [
        alert(8 * HOUR + 5, "position_jump", OTHER),
        alert(8 * HOUR + 30, "silence", SHIP),
        alert(20 * HOUR, "anomaly:egt<b>", OTHER, "exh_temp_degc"),
        alert(20 * HOUR + 30, "anomaly:egt<b>", OTHER, "exh_temp_degc"),
    ]
    seen = outcome(labels, alerts)
    assets = [AssetSeen(asset=a, asset_class="ship", days=1, readings=9) for a in SHIPS]
    definition = SCENARIO.model_dump(mode="json")
    return seen.model_copy(update={"assets": tuple(assets), "definition": definition})


@pytest.fixture(scope="session")
def page(judged: Outcome, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(judged, tmp_path_factory.mktemp("page"), workers=1).read_text()


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_every_case_has_a_card_and_a_picture(page: str) -> None:
    cards = [attrs for tag, attrs in Tags(page).found if tag == "article"]
    kinds = [(card["data-verdict"], card["data-kind"]) for card in cards]
    assert kinds == [
        ("missed", "drift"), ("missed", "rendezvous"), ("late", "dark"), ("false", "anomaly"),
        ("noticed", "spoof"),
    ]  # fmt: skip
    assert page.count("<svg") == len(cards)
    for svg in re.findall(r"<svg.*?</svg>", page, re.S):
        assert ElementTree.fromstring(svg).findall("path")


def test_the_page_needs_nothing_else_and_runs_nothing_told(page: str) -> None:
    for tag, attrs in Tags(page).found:
        assert tag not in ("link", "img", "iframe", "b-injected")
        assert not {"src", "href"} & attrs.keys()
    assert "egt<b>" not in page and "egt&lt;b&gt;" in page


def test_tables_tell_of_every_kind(page: str) -> None:
    rows = [a for tag, a in Tags(page).found if tag == "tr" and "data-kind" in a]
    assert {row["data-kind"] for row in rows} == {
        "drift", "dark", "spoof", "rendezvous", "silence", "position_jump", "anomaly",
    }  # fmt: skip


def test_all_that_went_wrong_has_a_case_and_some_that_went_well() -> None:
    labels = [fault(n * 60, n * 60 + 10, "silence", f"ship-{n}") for n in range(9)]
    labels.append(fault(23 * 60 + 50, 24 * 60, "silence", kind="not over", notice=30))
    alerts = [alert(n * 60 + 5, "silence", f"ship-{n}") for n in range(6)]
    found = [case.verdict for case in cases(outcome(labels, alerts))]
    assert found == ["missed"] * 3 + ["noticed"] * NOTICED_PER_KIND


def test_false_alarms_close_together_are_one_case() -> None:
    alerts = [alert(minute, "drift") for minute in (10, 40, 70, 900)]
    found = cases(outcome([], alerts))
    assert [len(case.marks) for case in found] == [3, 1]
    assert [case.verdict for case in found] == ["false", "false"]


def test_a_page_with_very_many_false_alarms_leaves_out_only_those() -> None:
    alerts = [alert(n * 7, "drift", f"ship-{n}") for n in range(190)]
    alerts += [alert(600, "silence", "ship-500")]
    every = cases(outcome([fault(10, 20, "anomaly")], alerts))
    shown = _fair(every, 60)
    assert len(shown) < 65 < len(every)
    assert [case.verdict for case in shown].count("missed") == 1
    assert [case.kind for case in shown].count("silence") == 1


def test_a_fault_is_shown_with_what_drives_its_channel() -> None:
    label = fault(300, 400, "anomaly", channels=("lo_temp_degc",))
    (case,) = cases(outcome([label], []))
    assert case.shows == ("lo_temp_degc", "me_load_pct")
    assert case.shaded == (18_000, 24_000)
    assert case.window.since < 18_000 and case.window.until > 24_000


def test_series_are_what_the_whole_world_reports() -> None:
    past = Past(SCENARIO, 1, DAY)
    windows = [
        Window(SHIP, 3_000, 9_000, ("sog_kn", "draught_m")),
        Window(OTHER, 20_000, 23_000, ("me_rpm",)),
        Window(SHIP, 21_000, 22_000, ("me_rpm",)),
    ]
    found = gather(past, windows)
    told = _everything(past, 24_000)
    for window in windows:
        mine = [(at, r) for at, r in told if r.asset == window.asset]
        mine = [(at, r) for at, r in mine if window.since <= at < window.until]
        series = found[window]
        assert len(mine) > 10
        assert series.arrived.tolist() == [at for at, _ in mine]
        assert series.lat.tolist() == [r.lat for _, r in mine]
        for name in window.channels:
            expected = [r.channels.get(name, np.nan) for _, r in mine]
            np.testing.assert_array_equal(series.channels[name], expected)


def test_series_do_not_depend_on_the_number_of_workers() -> None:
    past = Past(SCENARIO, 1, DAY)
    windows = [Window(asset, 600, 3_000, ("sog_kn",)) for asset in SHIPS]
    alone, shared = gather(past, windows), gather(past, windows, workers=2)
    for window in windows:
        np.testing.assert_array_equal(alone[window].said, shared[window].said)
        np.testing.assert_array_equal(
            alone[window].channels["sog_kn"], shared[window].channels["sog_kn"]
        )


def _everything(past: Past, seconds: int) -> list[tuple[int, Reading]]:
    world = World(past.scenario, past.seed, past.start)
    told = []
    while world.second < seconds:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                told.append((emission.at, Reading.model_validate_json(emission.value)))
    return told


def picture(strip: Strip, track: Track | None = None) -> ElementTree.Element:
    shown = Picture(at(0), 0, 1_000, [strip], track, (250, 500), None, (), ())
    return ElementTree.fromstring(draw(shown))


def line_of(drawn: ElementTree.Element) -> tuple[str, list[float]]:
    """The strip's path and the heights of its points, in pixels downwards."""
    (line,) = (path for path in drawn.findall("path") if path.get("class") == "line")
    path = line.get("d", "")
    steps = [int(step) for step in re.findall(r"[ml]-?\d+ (-?\d+)", path)]
    return path, [float(height) / 10 for height in np.cumsum(steps)]


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=3_000))
def test_a_strip_shows_the_extremes_however_many_readings(values: list[float]) -> None:
    times = np.linspace(0, 1_000, len(values))
    _, heights = line_of(picture(Strip("x", "", times, np.array(values))))
    assert len(heights) <= 600
    if max(values) - min(values) > 2:
        assert max(heights) - min(heights) > 80


@pytest.mark.parametrize("height", [50.0, -50.0])
@pytest.mark.parametrize("spike", [0, 1_234, 4_999])
def test_a_spike_among_thousands_of_readings_is_seen(spike: int, height: float) -> None:
    times, values = np.arange(5_000) / 5.0, np.zeros(5_000)
    values[spike] = height
    _, heights = line_of(picture(Strip("x", "", times, values)))
    tip = heights.index(min(heights) if height > 0 else max(heights))
    assert max(heights) - min(heights) > 80
    assert tip / len(heights) == pytest.approx(spike / 5_000, abs=0.01)


def test_a_gap_in_time_breaks_the_line_and_the_fault_is_shaded_where_it_was() -> None:
    times = np.concatenate([np.arange(0, 300, 10.0), np.arange(700, 1_000, 10.0)])
    drawn = picture(Strip("x", "", times, np.sin(times)))
    assert line_of(drawn)[0].count("m") == 2
    (shade,) = (r for r in drawn.findall("rect") if r.get("class") == "fault")
    width = (WIDTH - LEFT) / 4
    assert float(shade.get("x", 0)) == pytest.approx(LEFT + width, abs=0.1)
    assert float(shade.get("width", 0)) == pytest.approx(width, abs=0.1)


def test_a_track_across_the_date_line_stays_in_its_frame() -> None:
    times = np.arange(0, 1_000, 10.0)
    lon = (179.5 + times / 1_000 + 180) % 360 - 180
    drawn = picture(Strip("x", "", times, times), Track(times, times / 1_000, lon))
    (way,) = (p for p in drawn.findall("path") if p.get("class") == "way")
    x = [float(x) for x in re.findall(r"[ML]([\d.]+) ", way.get("d", ""))]
    assert min(x) > WIDTH - 200 and max(x) < WIDTH
    assert max(np.diff(x)) < 10
