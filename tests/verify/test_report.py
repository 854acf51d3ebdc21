"""The report is only worth something if it notices: each kind of loss and repeat, one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.verify.kafka_side import KafkaSide
from services.verify.report import compare
from services.verify.stored_side import StoredSide
from services.verify.tally import Tally, percentile, tally

T0 = datetime(2026, 1, 1, tzinfo=UTC)
READING = ("ship-9074729", "sim-7", T0, 1)
KINDS = ("signals", "facts", "transitions", "rejected", "alerts")


def whole_line() -> tuple[KafkaSide, StoredSide]:
    """One reading that led to one signal that opened one alert, all of it stored."""
    kafka = KafkaSide(
        readings=[READING],
        records=[1],
        ids={kind: [] for kind in KINDS}
        | {"signals": ["telemetry-0-5-0"], "alerts": ["telemetry-0-5-0/silence"]},
        expected_signals=["telemetry-0-5-0"],
        firing_signals=["telemetry-0-5-0"],
        alert_causes=["telemetry-0-5-0"],
        opened_alerts=[("telemetry-0-5-0/silence", "telemetry-0-5-0")],
        produced_ms={"telemetry-0-5": int(T0.timestamp() * 1000) - 250},
        first_ms=0,
        last_ms=2_000,
    )
    stored = StoredSide(
        readings=[READING],
        ids={kind: list(ids) for kind, ids in kafka.ids.items()},
        signal_stored_at={"telemetry-0-5-0": T0 - timedelta(milliseconds=150)},
        alert_stored_at={"telemetry-0-5-0/silence": T0},
    )
    return kafka, stored


def test_a_whole_line_has_no_loss_and_a_latency() -> None:
    report = compare(*whole_line()).as_dict()
    assert (report["lost"], report["duplicated"]) == (0, 0)
    assert (report["produced"], report["stored"], report["readings_per_s"]) == (1, 1, 0.5)
    latency = report["latency_ms"]
    assert (latency["p50"], latency["p99"], latency["alerts"]) == (250.0, 250.0, 1)
    assert latency["signals"] == {"p50": 100.0, "p99": 100.0, "count": 1}


def test_what_the_past_opened_has_no_latency() -> None:
    kafka, stored = whole_line()
    past = replace(kafka, first_ms=int(T0.timestamp() * 1000))
    assert compare(past, stored).alert_latencies_ms == []
    assert compare(past, stored).as_dict()["latency_ms"]["p99"] is None


@pytest.mark.parametrize("kind", ["signals", "alerts"])
def test_a_record_missing_in_the_database_is_lost(kind: str) -> None:
    kafka, stored = whole_line()
    stored.ids[kind].clear()
    assert compare(kafka, stored).tallies[kind].lost == 1


def test_a_reading_missing_in_the_database_is_lost() -> None:
    kafka, stored = whole_line()
    assert compare(kafka, replace(stored, readings=[])).lost == 1


def test_a_record_that_is_there_twice_is_duplicated() -> None:
    kafka, stored = whole_line()
    report = compare(replace(kafka, readings=[READING] * 2, records=[1, 1]), stored)
    assert (report.duplicated, report.repeated_by_feeds) == (1, 0)


def test_a_reading_that_its_feed_told_again_is_no_duplicate_of_ours() -> None:
    kafka, stored = whole_line()
    report = compare(replace(kafka, readings=[READING] * 3, records=[1, 2, 1]), stored)
    assert (report.duplicated, report.repeated_by_feeds, report.lost) == (1, 1, 0)
    again = compare(replace(kafka, readings=[READING] * 2, records=[1, 2]), stored)
    assert again.as_dict()["repeated_by_feeds"] == 1
    assert (again.duplicated, again.tallies["readings"].produced) == (0, 1)


def test_a_reading_stored_twice_is_duplicated() -> None:
    kafka, stored = whole_line()
    assert compare(kafka, replace(stored, readings=[READING] * 2)).duplicated == 1


def test_a_signal_that_the_monitor_should_have_given_is_lost() -> None:
    kafka, stored = whole_line()
    more = replace(kafka, expected_signals=["telemetry-0-5-0", "telemetry-0-6-0"])
    assert compare(more, stored).tallies["conclusions"].lost == 1


def test_a_firing_signal_without_a_change_is_a_lost_alert() -> None:
    kafka, stored = whole_line()
    assert compare(replace(kafka, alert_causes=[]), stored).tallies["causes"].lost == 1


def test_a_signal_that_led_to_two_changes_is_duplicated() -> None:
    kafka, stored = whole_line()
    twice = replace(kafka, alert_causes=["telemetry-0-5-0"] * 2)
    assert compare(twice, stored).tallies["causes"].duplicated == 1


def test_rows_whose_origin_is_gone_are_unexplained_not_duplicated() -> None:
    counted = tally(["a"], ["a", "b"])
    assert counted == Tally(produced=1, stored=2, lost=0, duplicated=0, unexplained=1)


def test_a_signal_that_was_never_due_is_duplicated() -> None:
    kafka, stored = whole_line()
    assert compare(replace(kafka, expected_signals=[]), stored).tallies["conclusions"] == Tally(
        produced=0, stored=1, lost=0, duplicated=1
    )


def test_conclusions_are_compared_only_from_the_first_reading_on() -> None:
    kafka, stored = whole_line()
    cut = replace(kafka, expected_signals=[], telemetry_is_whole=False)
    assert compare(cut, stored).duplicated == 0


def test_percentile_is_nearest_rank() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(100)], 0.99) == 99.0
