"""Alerts against the truth, as timelines: minutes of a fault, minutes of alerts, verdicts."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.alert_rules import PROPOSAL_RULES, SIGNAL_RULES, STANDING_RULES
from services.lab.judge import DECLARED, GRACE, RULES
from services.lab.judge import judge as judge_until
from services.lab.outcome import Alert, JudgedAlert, JudgedLabel, Label
from services.lab.score import score
from simulators.faults.catalogue import KINDS
from tests.lab.builders import alert, at, fault, outcome

ALL_RULES = [
    *(rule.name for rule in SIGNAL_RULES), *(rule.name for rule in STANDING_RULES), *PROPOSAL_RULES
]  # fmt: skip
FROZEN, OTHER = "data_fault:frozen:motor_degc", "data_fault:frozen:compressor_a"


def judge(
    labels: list[Label], alerts: list[Alert]
) -> tuple[tuple[JudgedLabel, ...], tuple[JudgedAlert, ...]]:
    return judge_until(labels, alerts, at(24 * 60))


def verdicts(alerts: tuple[JudgedAlert, ...]) -> list[str]:
    return [judged.verdict for judged in alerts]


@pytest.mark.parametrize(
    ("minute", "rule", "of_alert", "of_fault"),
    [
        (9, "silence", "false_alarm", "missed"),  # before the fault begins
        (10, "silence", "true", "noticed"),
        (40, "silence", "true", "noticed"),  # the last moment at which it must be noticed
        (41, "silence", "late", "late"),
        (130, "silence", "late", "late"),  # within the grace
        (131, "silence", "false_alarm", "missed"),
        (20, "overspeed", "side_effect", "missed"),
        (20, "arrested", "side_effect", "missed"),
        (131, "arrested", "declared", "missed"),
    ],
)
def test_an_alert_about_a_fault_from_minute_10_to_100(
    minute: float, rule: str, of_alert: str, of_fault: str
) -> None:
    labels, alerts = judge([fault(10, 100, "dark|silence")], [alert(minute, rule)])
    assert (labels[0].verdict, verdicts(alerts)) == (of_fault, [of_alert])


def test_the_first_of_many_alerts_gives_the_time_to_notice() -> None:
    told = [alert(25, "silence"), alert(13, "silence"), alert(12, "overspeed")]
    labels, alerts = judge([fault(10, 100, "silence")], told)
    assert (labels[0].after_s, labels[0].noticed_at) == (180, at(13))
    assert labels[0].alert == alerts[1].alert.id
    assert verdicts(alerts) == ["side_effect", "true", "true"]


def test_what_fires_again_is_late_only_if_the_first_was() -> None:
    told = [alert(39, "silence"), alert(90, "silence"), alert(125, "silence")]
    assert verdicts(judge([fault(10, 100, "silence")], told)[1]) == ["true"] * 3
    assert verdicts(judge([fault(10, 100, "silence")], told[1:])[1]) == ["late"] * 2


def test_a_rule_with_a_channel_must_name_one_of_the_faults_channels() -> None:
    label = fault(10, 100, "data_fault:frozen", channels=("motor_degc",))
    told = [alert(20, OTHER, channel="compressor_a"), alert(21, FROZEN, channel="motor_degc")]
    assert verdicts(judge([label], told)[1]) == ["side_effect", "true"]
    jump = fault(10, 100, "position_jump", channels=("lat", "lon"))
    assert verdicts(judge([jump], [alert(20, "position_jump")])[1]) == ["true"]


def test_the_time_to_notice_begins_when_the_fault_shows() -> None:
    turned_off_its_track = fault(10, 100, "forbidden_zone", notice=60)
    label = turned_off_its_track.model_copy(update={"shows": at(40)})
    labels, _ = judge([label], [alert(42, "forbidden_zone:zone-a")])
    assert (labels[0].verdict, labels[0].after_s) == ("noticed", 120)


def test_what_had_to_be_noticed_after_the_end_does_not_count() -> None:
    last, early = fault(1_430, 1_500, "silence", id="last"), fault(1_400, 1_500, "silence", id="x")
    counts = {judged.label.id: judged.counts for judged in judge([last, early], [])[0]}
    assert counts == {"last": False, "x": True}
    assert score(outcome([last, early], [])).total.injected == 1


def test_a_fault_of_a_whole_feed_is_noticed_on_any_of_its_assets() -> None:
    feed = fault(10, 40, "silence", "ship-1", "ship-2")
    told = [alert(20, "silence", "ship-2"), alert(21, "silence"), alert(22, "silence", "ship-3")]
    labels, alerts = judge([feed], told)
    assert labels[0].verdict == "noticed"
    assert verdicts(alerts) == ["true", "true", "false_alarm"]


def test_an_outage_of_a_feed_excuses_only_what_it_may_cause() -> None:
    feed = fault(10, 40, "feed_down", "ship-1", "ship-2", "ship-3")
    told = [alert(20, "silence", "ship-2"), alert(21, "data_fault:late"), alert(22, "aground")]
    assert verdicts(judge([feed], told)[1]) == ["side_effect", "side_effect", "false_alarm"]


def test_of_two_faults_at_once_an_alert_tells_of_the_one_that_expects_it() -> None:
    first, second = fault(10, 100, "silence", id="one"), fault(20, 90, "overspeed", id="two")
    labels, alerts = judge([first, second], [alert(30, "silence"), alert(31, "aground")])
    assert [label.verdict for label in labels] == ["noticed", "missed"]
    assert [judged.label for judged in alerts] == ["one", "two"]


def test_what_is_wrong_on_paper_excuses_no_false_alarm_of_telemetry() -> None:
    label = fault(10, 1_000, "insurance").model_copy(update={"group": "contract"})
    told = [alert(20, "anomaly:me_rpm"), alert(21, "silence"), alert(22, "quarantined_fact")]
    assert verdicts(judge([label], told)[1]) == ["false_alarm", "false_alarm", "side_effect"]


def test_a_drift_of_the_whole_asset_tells_of_a_drifting_channel() -> None:
    label = fault(10, 1_000, "drift|limit", channels=("lo_temp_degc",))
    assert verdicts(judge([label], [alert(20, "drift")])[1]) == ["true"]


def test_what_the_monitor_has_no_rule_for_is_a_miss() -> None:
    told = [alert(20, name) for name in ALL_RULES]
    labels, _ = judge([fault(10, 100, "fuel_loss|hard_landing")], told)
    assert labels[0].verdict == "missed"


def test_every_word_of_the_catalogue_is_known_and_every_rule_named_here_exists() -> None:
    words = {word for kind in KINDS for word in kind.expect.split("|")}
    assert words <= RULES.keys()
    families = {name.partition(":")[0] for name in ALL_RULES}
    accepted = {pattern for patterns in RULES.values() for pattern in patterns}
    assert {pattern.partition(":")[0] for pattern in accepted} <= families
    assert DECLARED.keys() <= set(ALL_RULES)


minutes = st.integers(0, 1_440)
ships = st.sampled_from(["ship-1", "ship-2", "ship-3"])
rules = st.sampled_from(["silence", "overspeed", "rent_overdue", "aground"])
faults = st.builds(
    lambda start, length, expect, ship, n: fault(start, start + length, expect, ship, id=f"{n}"),
    minutes, st.integers(1, 300), st.sampled_from(["silence", "overspeed|silence", "dark"]),
    ships, st.integers(),
)  # fmt: skip
some_faults = st.lists(faults, max_size=6, unique_by=lambda label: label.id)
some_alerts = st.lists(
    st.builds(alert, minutes, rules, ships), max_size=12, unique_by=lambda alert: alert.id
)


@given(some_faults, some_alerts, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_given_makes_no_difference(
    labels: list[Label], alerts: list[Alert], random: Random
) -> None:
    expected = judge(labels, alerts)
    random.shuffle(labels)
    random.shuffle(alerts)
    assert judge(labels, alerts) == expected


@given(some_faults, some_alerts)
def test_verdicts_agree_with_each_other(labels: list[Label], alerts: list[Alert]) -> None:
    judged_labels, judged_alerts = judge(labels, alerts)
    assert len(judged_labels) == len(labels) and len(judged_alerts) == len(alerts)
    by_id = {judged.alert.id: judged for judged in judged_alerts}
    for label in judged_labels:
        _agrees(label, by_id)
    for judged in judged_alerts:
        assert (judged.label is None) == (judged.verdict in ("false_alarm", "declared"))


def _agrees(judged: JudgedLabel, alerts: dict[str, JudgedAlert]) -> None:
    if judged.alert is None:
        assert judged.verdict == "missed"
        return
    first = alerts[judged.alert]
    assert first.verdict in ("true", "late")
    assert judged.label.start <= first.alert.known_at
    assert first.alert.known_at <= max(judged.label.end, judged.label.notice_by) + GRACE
    assert judged.after_s is not None and timedelta(seconds=judged.after_s) >= timedelta(0)
