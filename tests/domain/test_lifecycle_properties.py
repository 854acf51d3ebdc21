"""What must hold for any messages in any order, drawn by hypothesis."""

import random
from collections import Counter
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from schemas import AlertChange, Command, Fact, Signal
from schemas.alert import Severity
from schemas.command import CommandKind
from schemas.fact import FactKind
from schemas.signal import SignalKind
from services.domain.alert_book import Alert
from services.domain.alert_rules import TERMS_RULES, fires
from services.domain.lifecycle import QUIET_KINDS
from services.domain.lifecycle_chart import RENT
from services.domain.lifecycle_corrections import believed
from services.domain.lifecycle_facts import CLOCK_TOLERANCE
from services.domain.lifecycle_fold import content, fold
from tests.domain.lives import Timeline, command, day, delivered_life, fact, signal

DAYS = st.integers(0, 12)
SEVERITIES = get_args(Severity)


@st.composite
def fact_sets(draw: st.DrawFn) -> list[Fact]:
    """A life and random facts on top, some correcting or retracting others, known or not."""
    ids = [f"r{n}" for n in range(draw(st.integers(1, 9)))]
    targets = st.sampled_from([None, *ids, "f5", "f6", "unknown"])
    extra = [
        fact(
            id,
            draw(st.sampled_from(get_args(FactKind))),
            at=draw(DAYS) * 10.0,
            told=draw(DAYS) * 20.0,
            lease=draw(st.sampled_from([None, "LS-1", "LS-2"])),
            charterer=draw(st.sampled_from([None, "Borealis"])),
            until=draw(st.sampled_from([None, day(300), day(500)])),
            supersedes=draw(targets),
        )
        for id in ids
    ]
    used_twice = draw(st.sampled_from([[], [fact("f2", "surveyed", 15)]]))
    return delivered_life() + extra + used_twice


@given(fact_sets(), st.randoms(use_true_random=False))
def test_any_order_of_facts_ends_in_the_same_history(
    facts: list[Fact], shuffler: random.Random
) -> None:
    told_in_order, told_at_random = Timeline(), Timeline()
    told_in_order.tell(*facts)
    shuffled = facts * 2
    shuffler.shuffle(shuffled)
    told_at_random.tell(*shuffled)
    history = fold(facts, until=max(f.recorded_at for f in facts) + CLOCK_TOLERANCE)
    assert told_at_random.life.regions == told_in_order.life.regions == history.regions
    expected = Counter(content(entry) for entry in history.entries)
    for timeline in (told_in_order, told_at_random):
        assert Counter(content(entry) for entry in timeline.life.read_told()) == expected
        check_transitions_add_up(timeline)


@given(fact_sets(), st.sets(st.sampled_from(get_args(FactKind)), max_size=5))
def test_what_is_believed_of_some_kinds_needs_no_more_than_is_read_of_them(
    facts: list[Fact], kinds: set[FactKind]
) -> None:
    timeline = Timeline()
    timeline.tell(*facts)
    lease = timeline.life.regions.lease

    def asked(believed_facts: list[Fact]) -> list[Fact]:
        return [
            f for f in believed_facts
            if f.kind in kinds and (f.kind not in RENT or f.lease in (None, lease))
        ]  # fmt: skip

    some, all_of_them = timeline.life.read_facts_of(kinds), timeline.life.read_facts()
    assert asked(believed(some)[0]) == asked(believed(all_of_them)[0])


@given(fact_sets(), st.randoms(use_true_random=False), st.integers(0, 9))
def test_any_order_of_facts_ends_in_the_same_breaches(
    facts: list[Fact], shuffler: random.Random, early: int
) -> None:
    """Told before the last minute, or around one in between: what stands then is the same."""
    told_in_order, told_at_random = Timeline(), Timeline()
    told_in_order.tell(*facts)
    shuffled = facts * 2
    shuffler.shuffle(shuffled)
    told_at_random.tell(*shuffled[:early], signal("m-1-0", "minute_summary", 310))
    told_at_random.tell(*shuffled[early:])
    stands = []
    for timeline in (told_in_order, told_at_random):
        timeline.tell(signal("m-2-0", "minute_summary", 450))
        stands.append({
            (name, alert.summary)
            for name, alert in timeline.life.alerts.items()
            if name in TERMS_RULES and alert.condition == "firing"
        })  # fmt: skip
    assert stands[0] == stands[1]


def check_transitions_add_up(timeline: Timeline) -> None:
    """What was told and not withdrawn is the history; nothing is told or withdrawn twice."""
    by_telemetry = ("movement", "visibility")
    ids = [transition.id for transition in timeline.transitions]
    assert len(set(ids)) == len(ids)
    withdrawn = [t.supersedes for t in timeline.transitions if t.standing == "withdrawn"]
    assert len(set(withdrawn)) == len(withdrawn)
    told = [t for t in timeline.transitions if t.region not in by_telemetry]
    stands = {t.id for t in told if t.standing != "withdrawn"} - set(withdrawn)
    assert stands == {entry.id for entry in timeline.life.read_told()}


@given(fact_sets())
def test_at_most_one_lease_is_open_and_a_subcharter_ends_with_it(facts: list[Fact]) -> None:
    for number in range(0, 130, 5):
        regions = fold(facts, until=day(number)).regions
        assert regions.lease is not None or regions.charterer is None
        assert regions.leased is False or regions.lease is not None
        assert regions.lease is None or regions.leased or regions.contract == "COMMITTED"


@st.composite
def messages(draw: st.DrawFn) -> list[Fact | Signal | Command]:
    """Any mixture of valid messages; commands often name an alert that may be there."""
    drawn: list[Fact | Signal | Command] = []
    for n in range(draw(st.integers(1, 40))):
        at = draw(DAYS) * 10.0
        match draw(st.sampled_from("fssssc")):
            case "f":
                told = draw(DAYS) * 10.0
                drawn.append(fact(f"r{n}", draw(st.sampled_from(get_args(FactKind))), at, told))
            case "s":
                drawn.append(draw_signal(draw, f"telemetry-0-{n}-0", at))
            case _:
                # one that comes before its asset is known is refused and not remembered
                known = any(
                    isinstance(one, Fact)
                    or (isinstance(one, Signal) and one.kind not in QUIET_KINDS)
                    for one in drawn
                )
                id = f"c{draw(st.integers(0, 30))}" if known else f"c-early-{n}"
                drawn.append(draw_command(draw, id, at, drawn))
    return drawn


def draw_signal(draw: st.DrawFn, id: str, at: float) -> Signal:
    states = st.sampled_from([None, "AGROUND", "UNDER_WAY", "AT_ANCHOR", "NEVER_HEARD_OF"])
    return signal(
        id,
        draw(st.sampled_from(get_args(SignalKind))),
        at,
        channel=draw(st.sampled_from([None, "main_brg_degc", "nonsense"])),
        flaw=draw(st.sampled_from([None, "jump", "frozen"])),
        zone=draw(st.sampled_from([None, "Z1", "Z2"])),
        zone_kind=draw(st.sampled_from([None, "forbidden", "yard"])),
        from_state=draw(states),
        to_state=draw(states),
        value=draw(st.sampled_from([None, 74.2, 1e9])),
        score=draw(st.sampled_from([None, -3.4])),
        evidence=draw(st.sampled_from([{}, {"baseline": 55.1}, {"baseline": "?"}])),
    )


def draw_command(
    draw: st.DrawFn, id: str, at: float, before: list[Fact | Signal | Command]
) -> Command:
    fired = [s for s in before if isinstance(s, Signal)]
    rules = ("silence", "overspeed", "aground", "position_jump", "anomaly:main_brg_degc")
    names = [f"{s.id}/{rule}" for s in fired[-3:] for rule in rules]
    return command(
        id,
        draw(st.sampled_from(get_args(CommandKind))),
        at,
        draw(st.sampled_from([None, "unknown", *names])),
        note=draw(st.sampled_from([None, "seen"])),
        assignee=draw(st.sampled_from([None, "Wu"])),
        until=draw(st.sampled_from([None, day(0), day(999)])),
        verdict=draw(st.sampled_from([None, "true", "expected"])),
    )


@given(messages())
def test_any_messages_keep_the_book(drawn: list[Fact | Signal | Command]) -> None:
    timeline = Timeline()
    timeline.tell(*drawn)
    ids = [change.id for change in timeline.changes]
    assert len(set(ids)) == len(ids)
    check_transitions_add_up(timeline)
    facts = timeline.life.read_facts()
    assert timeline.life.regions == fold(facts, until=timeline.life.until).regions
    due, until = timeline.life.due, timeline.life.until
    assert due is None or (until is not None and until < due)
    open_alerts = replay_changes(timeline.changes)
    assert {rule: stands(change) for rule, change in open_alerts.items()} == {
        rule: stands(alert) for rule, alert in timeline.life.alerts.items() if not alert.done
    }
    firing = {m.id for m in drawn if isinstance(m, Signal) and fires(m.model_dump())}
    kinds = ("opened", "repeated", "fired_again", "severity_raised")
    causes = Counter(change.cause for change in timeline.changes if change.change in kinds)
    by_signals = {cause: n for cause, n in causes.items() if cause.startswith("telemetry")}
    assert {c: n for c, n in by_signals.items() if "/" not in c} == dict.fromkeys(firing, 1)
    obeyed = Counter(c.cause for c in timeline.changes if c.cause.startswith("c"))
    assert all(n >= 1 for n in obeyed.values())
    assert set(obeyed) == {m.id for m in drawn if isinstance(m, Command)}


def stands(alert: AlertChange | Alert) -> dict[str, object]:
    """An alert as the last change tells of it or as it is kept: every field that both have."""
    shared = set(AlertChange.model_fields) & set(Alert.__struct_fields__)
    assert shared >= {"alert", "handling", "condition", "silenced_until", "occurrences", "verdict"}
    return {name: getattr(alert, name) for name in shared}


def replay_changes(changes: list[AlertChange]) -> dict[str, AlertChange]:
    """The open alerts by rule; fails where a change does not follow from the one before it."""
    open_alerts: dict[str, AlertChange] = {}
    done: dict[str, AlertChange] = {}
    for change in (c for c in changes if c.change != "refused"):
        before = done.get(change.alert) or open_alerts.get(change.rule)
        if change.change == "opened":
            assert before is None, "one open alert for each rule"
            assert change.alert == change.id
        else:
            assert before is not None and before.alert == change.alert
            assert SEVERITIES.index(change.severity) >= SEVERITIES.index(before.severity)
            assert change.occurrences >= before.occurrences
        if change.handling == "done":
            if change.alert not in done:
                open_alerts.pop(change.rule, None)
            done[change.alert] = change
        else:
            assert change.alert not in done, "what is done stays done"
            open_alerts[change.rule] = change
    return open_alerts
