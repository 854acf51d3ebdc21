"""Alerts against the truth, as timelines: minutes of a fault, minutes of alerts, verdicts."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.messages import LATEST
from services.domain.alert_rules import PROPOSAL_RULES, SIGNAL_RULES, STANDING_RULES, TERMS_RULES
from services.lab.judge import ALSO, DECLARED, GRACE, Gap
from services.lab.judge import judge as judge_until
from services.lab.outcome import Alert, JudgedAlert, JudgedLabel, Label
from services.lab.score import score
from simulators.faults.catalogue import KINDS
from tests.lab.builders import alert, at, fault, gap, outcome

ALL_RULES = [
    *(rule.name for rule in SIGNAL_RULES), *(rule.name for rule in STANDING_RULES),
    *TERMS_RULES, *PROPOSAL_RULES,
]  # fmt: skip
SLOW = ("rendezvous", "loitering", "drifting", "aground")
NO_RULE_YET = {"feed_down", "identity_conflict", "rendezvous", "dark"}
FROZEN, OTHER = "data_fault:frozen:motor_degc", "data_fault:frozen:compressor_a"


def judge(
    labels: list[Label], alerts: list[Alert], **gaps: list[Gap]
) -> tuple[tuple[JudgedLabel, ...], tuple[JudgedAlert, ...]]:
    """A day of three ships; `ship_1`: when the first was not heard."""
    fleet = {f"ship-{n}": gaps.get(f"ship_{n}", []) for n in (1, 2, 3)}
    return judge_until(labels, alerts, at(24 * 60), fleet)


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
    assert verdicts(alerts) == ["side_effect", "true", "repeat"]


def test_what_tells_of_the_same_fault_again_counts_once() -> None:
    told = [alert(39, "anomaly:egt"), alert(90, "anomaly:egt"), alert(95, "limit:oil")]
    fault_ = fault(10, 100, "anomaly|limit")
    assert verdicts(judge([fault_], told)[1]) == ["true", "repeat", "repeat"]
    assert verdicts(judge([fault_], told[1:])[1]) == ["late", "repeat"]


def test_false_alarms_of_one_family_just_after_each_other_count_once() -> None:
    told = [
        alert(10, "anomaly:egt"), alert(12, "anomaly:oil"), alert(12, "drift"),
        alert(41, "anomaly:n1"), alert(72, "anomaly:egt"), alert(73, "anomaly:n1", "ship-2"),
    ]  # fmt: skip
    expected = ["false_alarm", "repeat", "false_alarm", "repeat", "false_alarm", "false_alarm"]
    assert verdicts(judge([], told)[1]) == expected


def test_a_false_alarm_that_comes_back_just_after_its_end_counts_once() -> None:
    long = alert(10, "silence").model_copy(update={"ended": at(300)})
    told = [long, alert(330, "silence"), alert(361, "silence")]
    assert verdicts(judge([], told)[1]) == ["false_alarm", "repeat", "false_alarm"]


def test_an_alert_on_a_stranger_is_false_even_where_a_leased_ship_meets_her() -> None:
    meeting = fault(10, 100, "rendezvous", "ship-1", "stranger-9")
    told = [alert(20, "rendezvous", "stranger-9"), alert(21, "rendezvous")]
    labels, alerts = judge([meeting], told)
    assert verdicts(alerts) == ["false_alarm", "true"]
    assert labels[0].alert == told[1].id


@pytest.mark.parametrize("right", SLOW)
@pytest.mark.parametrize("said", SLOW)
def test_of_the_ways_to_go_slowly_the_right_one_is_asked_for(right: str, said: str) -> None:
    others = [word for word in SLOW if word != right]
    labels, alerts = judge([fault(10, 100, "|".join([right, *others]))], [alert(20, said)])
    assert verdicts(alerts) == ["true" if said == right else "false_alarm"]
    assert labels[0].verdict == ("noticed" if said == right else "missed")


def test_going_slowly_may_follow_from_a_fault_of_another_kind() -> None:
    assert verdicts(judge([fault(10, 100, "oil")], [alert(20, "drifting")])[1]) == ["side_effect"]


def test_a_fault_is_open_until_its_asset_is_heard_again() -> None:
    """Due at minute 40; not heard from 30 to 300; then it is due within half an hour."""
    label, unheard = fault(10, 100, "drift"), [gap(30, 300)]
    for minute, verdict, due in ((329, "noticed", 330), (331, "late", 330)):
        labels, _ = judge([label], [alert(minute, "drift")], ship_1=unheard)
        assert (labels[0].verdict, labels[0].due) == (verdict, at(due))
    quick = fault(10, 100, "drift", notice=5)
    assert judge([quick], [], ship_1=[gap(12, 300)])[0][0].due == at(305)
    assert judge([label], [], ship_1=[gap(12, 39), gap(41, 300)])[0][0].due == at(40)


def test_silence_is_to_be_noticed_while_it_lasts() -> None:
    labels, _ = judge([fault(10, 400, "silence|dark")], [], ship_1=[gap(10, 400)])
    assert labels[0].due == at(40)


def test_what_is_never_heard_again_does_not_count() -> None:
    labels, _ = judge([fault(10, 400, "drift")], [], ship_1=[Gap(at(20), LATEST)])
    assert labels[0].left_out == "run ended"


def test_alerts_are_put_down_to_a_fault_until_its_asset_is_heard_again() -> None:
    """It ends unheard at minute 100; at 300 she is heard again, elsewhere."""
    told = [alert(310, "position_jump"), alert(331, "position_jump", "ship-1")]
    for unheard, expected in (([gap(90, 300)], "side_effect"), ([], "false_alarm")):
        judged = judge([fault(10, 100, "silence")], told[:1], ship_1=unheard)[1]
        assert verdicts(judged) == [expected]
    late = judge([fault(10, 100, "silence")], told[1:], ship_1=[gap(90, 300)])[1]
    assert verdicts(late) == ["false_alarm"]


@pytest.mark.parametrize(
    ("down", "left_out"),
    [((0, 200), "feed down"), ((24, 200), "feed down"), ((26, 200), None), ((41, 200), None)],
)
def test_a_fault_under_an_outage_of_its_feed_does_not_count(
    down: tuple[float, float], left_out: str | None
) -> None:
    """It can be noticed from minute 10 to 40: most of that time must be heard."""
    outage = fault(*down, "feed_down", "ship-1", "ship-2", "ship-3", id="feed")
    other_feed = fault(0, 200, "feed_down", "ship-2", "ship-3", "ship-4", id="other")
    mine, paper = fault(10, 100, "drift", id="mine"), fault(10, 100, "insurance", id="paper")
    paper = paper.model_copy(update={"group": "contract"})
    judged = {one.label.id: one for one in judge([outage, other_feed, mine, paper], [])[0]}
    assert judged["mine"].left_out == left_out
    assert all(judged[name].counts for name in ("feed", "other", "paper"))


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
    assert verdicts(alerts) == ["true", "repeat", "false_alarm"]


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
    labels, _ = judge([fault(10, 100, "rendezvous|identity_conflict")], told)
    assert labels[0].verdict == "missed"


def test_every_word_of_the_catalogue_is_known_and_every_rule_named_here_exists() -> None:
    words = {word for kind in KINDS for word in kind.expect.split("|")}
    families = {name.partition(":")[0] for name in ALL_RULES}
    assert {word.partition(":")[0] for word in words} <= families | NO_RULE_YET | ALSO.keys()
    accepted = {pattern for patterns in ALSO.values() for pattern in patterns}
    assert {pattern.partition(":")[0] for pattern in accepted} <= families
    assert not NO_RULE_YET & families
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
        if judged.verdict != "repeat":  # of a fault, or of a false alarm
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
