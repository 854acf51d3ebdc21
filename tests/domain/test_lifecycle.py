"""Timelines of an asset's life: facts, corrections, telemetry against contract, proposals."""

import pytest

from schemas import Fact
from services.domain.lifecycle_fold import fold
from services.domain.lifecycle_views import headline, object_state
from tests.domain.lives import Timeline, command, day, delivered_life, fact, moved, signal


@pytest.fixture
def leased() -> Timeline:
    timeline = Timeline()
    timeline.tell(*delivered_life())
    return timeline


def test_from_the_order_to_the_lease(leased: Timeline) -> None:
    assert leased.moves("title") == [
        ("NONE", "ORDERED"), ("ORDERED", "UNDER_CONSTRUCTION"),
        ("UNDER_CONSTRUCTION", "BUILT"), ("BUILT", "ACCEPTED"),
    ]  # fmt: skip
    assert leased.moves("contract") == [("NONE", "COMMITTED"), ("COMMITTED", "ON_LEASE")]
    assert leased.moves("employment") == [("NOT_EMPLOYED", "EMPLOYED")]
    delivery = leased.transitions[-2]
    assert (delivery.id, delivery.cause) == ("f6/contract", "f6")
    assert (delivery.lease, delivery.lessee) == ("LS-1", "Aurora")
    assert leased.changes == []


def test_on_lease_before_acceptance_is_quarantined_until_the_acceptance_comes(
    leased: Timeline,
) -> None:
    timeline = Timeline()
    *others, signed, delivered = delivered_life()
    accepted = others.pop()
    timeline.tell(*others, signed, delivered)
    assert timeline.moves("contract", "quarantined") == [("COMMITTED", "ON_LEASE")]
    assert timeline.says() == [("quarantined_fact", "opened", "firing", "new")]
    assert "before acceptance: title is BUILT" in timeline.changes[0].summary
    timeline.tell(accepted)
    assert timeline.life.regions == leased.life.regions
    assert [(t.standing, t.supersedes) for t in timeline.transitions if t.cause == "f4"] == [
        ("withdrawn", "f6/contract"),
        ("in_force", None),
        ("in_force", None),
        ("in_force", None),
    ]
    assert timeline.says()[-1] == ("quarantined_fact", "resolved", "cleared", "done")


def test_nothing_comes_after_the_end(leased: Timeline) -> None:
    leased.tell(fact("f7", "total_loss", 50), fact("f8", "lease_signed", 60))
    assert leased.life.regions.title == "TOTAL_LOSS"
    assert leased.moves("contract")[-1] == ("ON_LEASE", "OFF_LEASE")
    assert leased.moves("employment")[-1] == ("EMPLOYED", "NOT_EMPLOYED")
    assert leased.transitions[-1].reason == "lease_signed is not allowed: the asset is TOTAL_LOSS"


def test_a_subcharter_nests_inside_its_head_lease(leased: Timeline) -> None:
    leased.tell(fact("f7", "subchartered", 50, charterer="Borealis", until=day(500)))
    assert leased.transitions[-1].reason == "the sub-charter would outlive its head lease"
    leased.tell(fact("f8", "subchartered", 51, charterer="Borealis", until=day(300)))
    assert leased.life.regions.charterer == "Borealis"
    leased.tell(fact("f9", "redelivered", 90, lease="LS-1"))
    assert leased.transitions[-2].charterer == "Borealis"
    assert leased.life.regions.charterer is None
    assert leased.life.regions.lease is None


def test_a_fact_of_another_lease_is_quarantined(leased: Timeline) -> None:
    leased.tell(fact("f7", "redelivered", 50, lease="LS-0"))
    assert leased.transitions[-1].reason == "redelivered names lease LS-0, but LS-1 is in force"
    assert leased.life.regions.contract == "ON_LEASE"


def test_a_correction_withdraws_what_it_corrects(leased: Timeline) -> None:
    leased.tell(fact("f7", "off_hire", 50), fact("f8", "off_hire", 48, told=60, supersedes="f7"))
    old, taken_back, new = leased.transitions[-3:]
    assert (old.id, old.valid_from) == ("f7/employment", day(50))
    assert (taken_back.id, taken_back.standing) == ("f8/employment", "withdrawn")
    assert (taken_back.supersedes, taken_back.recorded_at) == ("f7/employment", day(60))
    assert (new.id, new.standing, new.valid_from) == ("f8/employment/2", "in_force", day(48))


def test_a_retraction_makes_the_corrected_fact_stand_again(leased: Timeline) -> None:
    leased.tell(
        fact("f7", "off_hire", 50),
        fact("f8", "laid_up", 50, told=60, supersedes="f7"),
        fact("f9", "retracted", 61, supersedes="f8"),
    )
    assert leased.life.regions.employment == "OUT_OF_SERVICE"
    leased.tell(fact("f10", "retracted", 62, supersedes="f7"))
    assert leased.life.regions.employment == "EMPLOYED"


def test_a_late_fact_rewrites_what_followed(leased: Timeline) -> None:
    leased.tell(fact("f7", "maintenance_started", 60), fact("f8", "off_hire", 55, told=70))
    assert leased.moves("employment", "withdrawn") == [("EMPLOYED", "MAINTENANCE")]
    assert leased.moves("employment")[-2:] == [
        ("EMPLOYED", "OUT_OF_SERVICE"),
        ("OUT_OF_SERVICE", "MAINTENANCE"),
    ]


def test_particulars_told_for_ever_leave_a_small_state(leased: Timeline) -> None:
    before = leased.life.regions
    for n in range(300):
        leased.tell(fact(f"ais/{n}", "particulars", 50 + n / 240, source="ais", name="AURORA"))
        leased.tell(fact(f"b/{n}", "particulars", 50 + n / 240, source="other"))
    assert len(leased.life.facts) == len(delivered_life()) + 2 * 8
    assert (leased.life.regions, leased.changes) == (before, [])
    leased.tell(fact("f7", "off_hire", 49, told=60, supersedes="ais/0"))
    assert leased.life.regions.employment == "OUT_OF_SERVICE"


def test_particulars_that_are_corrected_stay(leased: Timeline) -> None:
    leased.tell(fact("p", "particulars", 50), fact("q", "off_hire", 50, supersedes="p"))
    leased.tell(*(fact(f"p{n}", "particulars", 51 + n) for n in range(20)))
    leased.tell(fact("r", "retracted", 80, supersedes="p19"))
    leased.tell(fact("s", "retracted", 80, supersedes="q"))
    assert (leased.life.regions.employment, leased.changes) == ("EMPLOYED", [])


def test_telemetry_moves_movement_and_visibility(leased: Timeline) -> None:
    leased.tell(
        moved("telemetry-0-1-0", 50, "UNDER_WAY"),
        signal("telemetry-0-2-0", "silence_began", 51, threshold=14_400.0),
        signal("telemetry-0-3-0", "silence_ended", 52),
    )
    assert leased.moves("movement") == [("AT_ANCHOR", "UNDER_WAY")]
    assert leased.moves("visibility") == [("VISIBLE", "SILENT"), ("SILENT", "VISIBLE")]


def test_a_silence_hides_a_conflict_and_does_not_end_it(leased: Timeline) -> None:
    leased.tell(
        signal("telemetry-0-1-0", "data_fault_began", 50, flaw="jump"),
        signal("telemetry-0-2-0", "data_fault_began", 50, flaw="frozen"),
        signal("telemetry-0-3-0", "silence_began", 51),
        signal("telemetry-0-4-0", "silence_ended", 52),
        signal("telemetry-0-5-0", "data_fault_ended", 53, flaw="frozen"),
        signal("telemetry-0-6-0", "data_fault_ended", 54, flaw="jump"),
    )
    assert leased.moves("visibility") == [
        ("VISIBLE", "CONFLICTING"), ("CONFLICTING", "SILENT"),
        ("SILENT", "CONFLICTING"), ("CONFLICTING", "VISIBLE"),
    ]  # fmt: skip


def test_contract_against_telemetry(leased: Timeline) -> None:
    said = leased.tell(
        fact("f7", "off_hire", 50),
        moved("telemetry-0-1-0", 51, "UNDER_WAY"),
        moved("telemetry-0-2-0", 52, "AT_ANCHOR", "UNDER_WAY"),
        moved("telemetry-0-3-0", 53, "UNDER_WAY"),
        fact("f8", "on_hire", 54),
    )
    assert [(c.id, c.change) for c in said] == [
        ("telemetry-0-1-0/movement/moving_off_hire", "opened"),
        ("f8/moving_off_hire", "cleared"),
    ]
    assert said[0].summary == "under way although declared off-hire since 2026-02-20 00:00 UTC"
    assert (said[0].lease, said[0].lessee) == ("LS-1", "Aurora")


def test_a_late_signal_is_judged_by_the_lease_of_its_own_time(leased: Timeline) -> None:
    leased.tell(fact("f7", "redelivered", 60))
    late = signal("telemetry-0-1-0", "overspeed_began", 50, channel="sog_kn", value=27.0)
    (opened,) = leased.tell(late)
    assert (opened.lease, opened.lessee) == ("LS-1", "Aurora")


def test_a_fact_declared_ahead_takes_effect_when_its_time_has_come(leased: Timeline) -> None:
    leased.tell(moved("telemetry-0-1-0", 50, "UNDER_WAY"))
    assert leased.tell(fact("f7", "redelivered", 90, told=60)) == []
    assert leased.tell(moved("telemetry-0-2-0", 89, "UNDER_WAY")) == []
    assert (leased.life.regions.contract, leased.transitions[-1].region) == ("ON_LEASE", "movement")
    overspeed = signal("telemetry-0-3-0", "overspeed_began", 91, channel="sog_kn", value=27.0)
    said = leased.tell(overspeed)
    assert [(c.id, c.cause, c.change) for c in said] == [
        ("telemetry-0-3-0/due/moving_redelivered", "telemetry-0-3-0/due", "opened"),
        ("telemetry-0-3-0/overspeed", "telemetry-0-3-0", "opened"),
    ]
    ended = leased.transitions[-2]
    assert (ended.id, ended.to_state) == ("telemetry-0-3-0/due/contract", "OFF_LEASE")
    assert (ended.valid_from, ended.recorded_at) == (day(90), day(91))
    assert (ended.cause, ended.details["fact"]) == ("telemetry-0-3-0/due", "f7")
    assert leased.life.due is None


def test_a_later_fact_brings_what_was_declared_ahead(leased: Timeline) -> None:
    leased.tell(fact("f7", "off_hire", 90, told=60), fact("f8", "on_hire", 95, told=60))
    leased.tell(fact("p", "particulars", 61))
    assert (leased.life.regions.employment, leased.life.due) == ("EMPLOYED", day(90))
    leased.tell(fact("f9", "surveyed", 92))
    assert (leased.life.regions.employment, leased.life.due) == ("OUT_OF_SERVICE", day(95))


def test_what_was_declared_ahead_can_be_unsaid_before_it_is_true(leased: Timeline) -> None:
    leased.tell(fact("f7", "redelivered", 90, told=60))
    leased.tell(fact("f8", "retracted", 90, told=70, supersedes="f7"))
    leased.tell(signal("telemetry-0-1-0", "minute_summary", 100))
    assert (leased.life.regions.contract, leased.life.awaits_minutes) == ("ON_LEASE", False)


def test_arrest_rent_and_default_are_alerts_of_how_it_stands(leased: Timeline) -> None:
    leased.tell(
        fact("f7", "rent_overdue", 50), fact("f8", "default_declared", 55),
        fact("f9", "arrested", 56), fact("f10", "released", 58), fact("f11", "rent_paid", 59),
    )  # fmt: skip
    assert [(rule, change) for rule, change, _, _ in leased.says()] == [
        ("rent_overdue", "opened"), ("default", "opened"), ("arrested", "opened"),
        ("arrested", "cleared"), ("rent_overdue", "cleared"),
    ]  # fmt: skip


def test_a_signal_older_than_a_fact_does_not_end_what_stands(leased: Timeline) -> None:
    leased.tell(fact("f7", "casualty", 50), fact("f8", "rent_overdue", 50))
    assert leased.tell(moved("telemetry-0-1-0", 49.9, "UNDER_WAY")) == []
    assert [alert.condition for alert in leased.life.alerts.values()] == ["firing", "firing"]


def test_a_signal_just_older_than_the_fact_that_it_contradicts(leased: Timeline) -> None:
    late = moved("telemetry-0-1-0", 49.9, "UNDER_WAY")
    (opened,) = leased.tell(fact("f7", "off_hire", 50), late)
    assert opened.summary == "under way although declared off-hire since 2026-02-20 00:00 UTC"
    assert leased.tell(fact("f8", "on_hire", 51))[0].change == "cleared"


def test_what_was_over_before_it_was_known_asks_nobody(leased: Timeline) -> None:
    leased.tell(fact("f7", "arrested", 50, told=900), fact("f8", "released", 58, told=900))
    assert leased.says() == [
        ("arrested", "opened", "firing", "new"),
        ("arrested", "resolved", "cleared", "done"),
    ]


def rest_in_a_yard(timeline: Timeline) -> str:
    """A day at rest in a yard from day 50 on; returns the id of the proposal that it leads to."""
    yard = {"zone": "CNZOS-Y1", "zone_kind": "yard", "evidence": {"name": "Zhoushan yard"}}
    said = timeline.tell(
        signal("telemetry-0-1-0", "zone_entered", 49.9, **yard),
        moved("telemetry-0-2-0", 50, "AT_ANCHOR", "UNDER_WAY"),
        signal("telemetry-0-3-0", "minute_summary", 50.9),
        signal("telemetry-0-4-0", "minute_summary", 51),
        signal("telemetry-0-5-0", "minute_summary", 51.1),
    )
    (proposal,) = said
    assert proposal.id == "telemetry-0-4-0/employment/proposal:maintenance"
    assert timeline.life.regions.employment == "EMPLOYED"
    return proposal.alert


def test_staff_confirm_what_telemetry_proposes(leased: Timeline) -> None:
    proposal = rest_in_a_yard(leased)
    (done,) = leased.tell(command("c1", "confirm", 52, proposal))
    assert (done.change, done.handling, done.verdict) == ("resolved", "done", "true")
    confirmed = leased.transitions[-1]
    assert (confirmed.id, confirmed.to_state) == ("c1/employment", "MAINTENANCE")
    assert (confirmed.valid_from, confirmed.recorded_at) == (day(50), day(52))
    assert (confirmed.source, confirmed.actor) == ("telemetry", "Li")


def test_a_confirmed_fact_is_published_and_taken_once(leased: Timeline) -> None:
    leased.tell(command("c1", "confirm", 52.1234567, rest_in_a_yard(leased)))
    (published,) = leased.facts
    assert (published.id, published.kind, published.source) == (
        "c1", "maintenance_started", "telemetry"
    )  # fmt: skip
    before = leased.life
    come_back = Fact.model_validate_json(published.to_json())
    told = len(leased.transitions)
    assert leased.tell(come_back) == []
    assert (len(leased.transitions), leased.life) == (told, before)
    assert fold([*delivered_life(), come_back]).regions == before.regions


def test_a_refused_proposal_is_not_made_again_during_the_stay(leased: Timeline) -> None:
    proposal = rest_in_a_yard(leased)
    (done,) = leased.tell(command("c1", "refuse", 52, proposal))
    assert (done.change, done.verdict) == ("resolved", "false_alarm")
    assert leased.tell(signal("telemetry-0-6-0", "minute_summary", 53)) == []
    assert leased.life.regions.employment == "EMPLOYED"


def test_a_declared_fact_makes_the_proposal_needless(leased: Timeline) -> None:
    rest_in_a_yard(leased)
    (done,) = leased.tell(fact("f7", "maintenance_started", 50, told=52))
    assert (done.change, done.actor, done.note) == ("resolved", "system", "it has been declared")


@pytest.mark.parametrize(
    ("title", "contract", "state"),
    [
        ("NONE", "NONE", None), ("BUILT", "COMMITTED", "in construction"),
        ("ACCEPTED", "COMMITTED", "awaiting lease"), ("ACCEPTED", "DEFAULT", "on lease"),
        ("ACCEPTED", "OFF_LEASE", "awaiting lease"), ("SCRAPPED", "OFF_LEASE", None),
    ],
)  # fmt: skip
def test_the_regulators_object_state(title: str, contract: str, state: str | None) -> None:
    assert object_state(title, contract) == state


def test_the_headline_goes_by_priority() -> None:
    assert headline("ACCEPTED", "DEFAULT", "MAINTENANCE", "SILENT", ("ARRESTED",)) == "ARRESTED"
    assert headline("ACCEPTED", "DEFAULT", "MAINTENANCE", "SILENT", ()) == "DEFAULT"
    assert headline("ACCEPTED", "ON_LEASE", "MAINTENANCE", "SILENT", ()) == "DARK"
    assert headline("ACCEPTED", "ON_LEASE", "EMPLOYED", "VISIBLE", ()) == "IN_SERVICE"
    assert headline("ACCEPTED", "OFF_LEASE", "NOT_EMPLOYED", "VISIBLE", ()) == "OFF_LEASE"
    assert headline("BUILT", "NONE", "NOT_EMPLOYED", "VISIBLE", ()) == "BUILT"
