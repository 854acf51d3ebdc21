"""The line without Kafka, as timelines of one train: readings, ticks and facts in, alerts out."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import ASSET_CLASSES, Fact, Reading, Tick
from services.lab.outcome import Alert
from services.lab.overrides import overridden
from services.lab.watch import Watch
from simulators.emission import Emission
from tests.lab.builders import DAY

pytestmark = pytest.mark.slow

TRAIN = "metro-1"


def when(second: int) -> datetime:
    return DAY + timedelta(seconds=second)


def reading(second: int, speed_mps: float = 10.0, **channels: float) -> Emission:
    message = Reading(
        asset=TRAIN, asset_class="metro", source="feed", time=when(second),
        ingest_time=when(second), seq=second, lat=50 + second * 1e-5, lon=3,
        channels={"speed_mps": speed_mps, **channels},
    )  # fmt: skip
    return Emission(second, 1, "telemetry", TRAIN, message.to_json())


def tick(second: int) -> Emission:
    message = Tick(source="feed", ingest_time=when(second))
    return Emission(second, 0, "ticks", "feed", message.to_json())


def fact(second: int, kind: str, **fields: str) -> Emission:
    message = Fact.model_validate(
        {"id": f"{kind}-{second}", "asset": TRAIN, "asset_class": "metro", "kind": kind,
         "valid_from": when(second), "recorded_at": when(second), "source": "desk", **fields}
    )  # fmt: skip
    return Emission(second, 2, "facts", TRAIN, message.to_json())


LEASED = [
    fact(-3, "accepted"),
    fact(-2, "lease_signed", lease="L1", lessee="Metro Co"),
    fact(-1, "delivered", lease="L1", lessee="Metro Co"),
]

STORY = [
    *LEASED,
    *(reading(s) for s in range(0, 600, 10)),
    *(reading(s, 30.0) for s in range(600, 900, 10)),  # overspeed
    *(reading(s, 10.0) for s in range(900, 1_000, 10)),
    *(tick(s) for s in range(1_000, 1_300, 10)),  # silent
    *(reading(s, 0.0) for s in range(1_300, 1_600, 10)),
    fact(1_600, "off_hire", lease="L1"),
    *(reading(s, 15.0) for s in range(1_600, 1_900, 10)),  # moving although off-hire
    fact(1_900, "rent_overdue", lease="L1"),
    *(reading(s, 30.0) for s in range(1_900, 2_300, 10)),  # overspeed again
]


def watched(story: list[Emission], cuts: tuple[int, ...] = (), **overrides: object) -> list[Alert]:
    watch = Watch(overridden(overrides))
    for start, end in zip((0, *cuts), (*cuts, len(story)), strict=True):
        watch.take(story[start:end])
    assert watch.rejected == 0
    return watch.alerts


def test_staff_meet_every_alert_once_and_again_when_it_fires_again() -> None:
    alerts = {alert.id: alert for alert in watched(STORY)}
    first, again = (alerts[f"{TRAIN}/overspeed/{n}"] for n in (1, 2))
    assert when(600) < first.known_at < when(620) and first.ended == when(900)
    assert (first.channel, first.severity, first.actor) == ("speed_mps", "warning", "monitor")
    assert (first.value, first.threshold) == (30, 23)
    assert when(1_900) < again.known_at and again.ended is None
    silence = alerts[f"{TRAIN}/silence/1"]
    assert when(1_080) <= silence.known_at <= when(1_090) and silence.ended == when(1_300)
    assert alerts[f"{TRAIN}/moving_off_hire/1"].known_at < when(1_650)
    overdue = alerts[f"{TRAIN}/rent_overdue/1"]
    assert (overdue.known_at, overdue.actor) == (when(1_900), "contract")


def test_a_fact_counts_from_when_it_arrived() -> None:
    """Off-hire told while the train stands: it moves after; told after it moved: at once."""
    later = [e for e in STORY if "off_hire" not in e.value.decode()]
    place = next(n for n, e in enumerate(later) if e.at == 1_800)
    later.insert(place, fact(1_800, "off_hire", lease="L1"))
    (alert,) = (a for a in watched(later) if a.rule == "moving_off_hire")
    assert alert.known_at == when(1_800)


cuts = st.lists(st.integers(0, len(STORY)), max_size=8).map(lambda n: tuple(sorted(n)))


@settings(max_examples=25, deadline=None)
@given(cuts)
def test_batches_make_no_difference(where: tuple[int, ...]) -> None:
    assert watched(STORY, where) == watched(STORY)


def test_overrides_reach_the_monitor() -> None:
    rules = {alert.rule for alert in watched(STORY, ship={}, metro={"overspeed": {"limit": 40}})}
    assert "overspeed" not in rules and "silence" in rules


@pytest.mark.parametrize("topic", ["telemetry", "facts"])
def test_what_cannot_be_read_is_counted(topic: str) -> None:
    watch = Watch(ASSET_CLASSES)
    watch.take([Emission(0, 0, topic, TRAIN, b"{")])
    assert watch.rejected == 1


def test_what_was_over_before_the_watch_began_is_no_alert() -> None:
    rents = ["rent_overdue", "rent_paid", "rent_overdue"]
    past = [*LEASED, *(fact(n, kind, lease="L1") for n, kind in enumerate(rents))]
    watch = Watch(ASSET_CLASSES)
    watch.know(Fact.model_validate_json(emission.value) for emission in past[:-1])
    assert not watch.alerts
    watch = Watch(ASSET_CLASSES)
    watch.know(Fact.model_validate_json(emission.value) for emission in past)
    assert [alert.rule for alert in watch.alerts] == ["rent_overdue"]
    watch.take([fact(10, "rent_paid", lease="L1")])
    assert watch.alerts[0].ended == when(10)


def test_the_past_is_known_before_the_first_reading() -> None:
    watch = Watch(ASSET_CLASSES)
    past = [*LEASED, fact(5, "off_hire", lease="L1")]
    watch.know(Fact.model_validate_json(emission.value) for emission in past)
    watch.take([reading(second) for second in range(10, 100, 10)])
    assert [alert.rule for alert in watch.alerts] == ["moving_off_hire"]
