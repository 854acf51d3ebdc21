"""What the desk reads: one sentence for each rule, in words for people, that says what is so."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from schemas import ASSET_CLASSES
from schemas.signal import SignalKind
from services.domain.alert_rules import (
    PROPOSAL_RULES,
    QUARANTINED_FACT,
    SIGNAL_RULES,
    STANDING_RULES,
    TERMS_RULES,
    firing_rule,
    policy_of,
)
from services.domain.alert_text import (
    alert_title,
    amount,
    date_words,
    signal_summary,
    standing_summary,
    state_words,
)
from tests.domain.lives import Timeline, delivered_life, fact, moved, signal

BEARING: dict[str, Any] = {"channel": "main_brg_degc", "value": 74.23}
UNDER_WAY = {"movement": "UNDER_WAY"}
AT = {"lat": 31.2, "lon": -122.4}


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("silence_began", {"threshold": 14_400, "evidence": {"silent_s": 15_000} | UNDER_WAY},
         "silent for 4.17 h while under way, 4 h are normal"),
        ("silence_began", {"threshold": 14_400, "evidence": {"movement": "UNKNOWN"}},
         "silent for 4 h, 4 h are normal"),
        ("overspeed_began", {"channel": "sog_kn", "value": 26.4, "threshold": 25},
         "speed over ground 26.4 kn is over the limit of 25 kn"),
        ("data_fault_began", {"flaw": "jump"},
         "the position jumps further than the asset can move: spoofing suspected"),
        ("data_fault_began", {"flaw": "frozen", "channel": "main_brg_degc"},
         "main bearing temperature is stuck: it stays the same while the other values change"),
        ("data_fault_began", {"flaw": "impossible", "channel": "sog_kn"},
         "speed over ground reads what cannot be true again and again"),
        ("data_fault_began", {"flaw": "clock_skew"}, "the clock of the device is wrong"),
        ("data_fault_began", {"flaw": "newly_found", "channel": "sog_kn"},
         "speed over ground cannot be trusted: newly found again and again"),
        ("zone_entered", {"zone": "Z", "zone_kind": "forbidden", "evidence": {"name": "Crimea"}}
         | AT, "entered Crimea, an area on the forbidden list, at 31.200 N, 122.400 W"),
        ("movement_changed", {"to_state": "AGROUND"} | AT, "aground at 31.200 N, 122.400 W"),
        ("anomaly_began", BEARING | {"detector": "limit/1", "threshold": 70, "evidence": UNDER_WAY},
         "main bearing temperature 74.23 °C is over its limit of 70 °C while under way"),
        ("anomaly_began", BEARING | {"detector": "limit/1", "threshold": 80},
         "main bearing temperature 74.23 °C is under its limit of 80 °C"),
        ("anomaly_began", BEARING | {"score": 26.2, "evidence": {"mean": 55.1} | UNDER_WAY},
         "main bearing temperature 74.23 °C is far above its usual 55.1 °C"
         " (26 times the usual spread) while under way"),
        ("anomaly_began", BEARING | {"score": -3.42, "evidence": {"mean": 80.0}},
         "main bearing temperature 74.23 °C is below its usual 80 °C"
         " (3.4 times the usual spread)"),
        ("anomaly_began", BEARING | {"score": 340.0, "evidence": {"mean": 74.2301}},
         "main bearing temperature 74.23 °C strays from its usual 74.23 °C"
         " (340 times the usual spread)"),
        ("anomaly_began", BEARING, "main bearing temperature 74.23 °C is not as usual"),
        ("anomaly_began", {"channel": "hatch_temp_degc", "value": 1_234.5},
         "hatch temp degc 1,234 is not as usual"),
        ("drift_began",
         {"channel": "main_brg_degc", "score": 5.1, "evidence": {"level": 4.26} | UNDER_WAY},
         "main bearing temperature drifts away from what is usual by 4.26 °C"
         " (5.1 times the usual spread) while under way"),
    ],
)  # fmt: skip
def test_each_signal_rule_says_what_is_so(
    kind: SignalKind, fields: dict[str, Any], sentence: str
) -> None:
    given = signal("telemetry-0-1-0", kind, 1, **fields)
    rule = firing_rule(vars(given))
    assert rule is not None
    assert signal_summary(rule, given, None) == sentence


SINCE = datetime(2026, 2, 20, tzinfo=UTC)
STANDING = {
    "rent_overdue": "rent is overdue under lease LS-1",
    "default": "default declared under lease LS-1",
    "arrested": "under arrest",
    "detained": "detained by an authority",
    "casualty": "casualty reported",
    "moving_off_hire": "under way although declared off-hire since 2026-02-20 00:00 UTC",
    "moving_in_maintenance":
        "under way although declared in maintenance since 2026-02-20 00:00 UTC",
    "moving_in_storage": "under way although declared laid up since 2026-02-20 00:00 UTC",
    "moving_redelivered":
        "under way although redelivered, off lease since 2026-02-20 00:00 UTC",
}  # fmt: skip


@pytest.mark.parametrize("rule", STANDING_RULES, ids=lambda rule: rule.name)
def test_each_standing_rule_says_what_is_so(rule: Any) -> None:
    said = standing_summary(rule.summary, movement="under way", lease="LS-1", since=SINCE)
    assert said == STANDING[rule.name]


TERMS = {
    "insurance": "cover of liability by Norden ended on 20 February 2026 and was not renewed",
    "late_redelivery":
        "was to be redelivered by 20 February 2026 under lease LS-1, still on lease",
    "over_cap": "used 412 h of 380 h allowed in the month from 1 February 2026 under lease LS-1",
    "declared_hours":
        "declared 96 h for 13 February 2026 to 20 February 2026, its own counter says 11,430 km",
}  # fmt: skip
TERMS_WORDS = {
    "of": " of liability", "insurer": " by Norden", "ended": date_words(SINCE),
    "until": date_words(SINCE), "lease": "LS-1", "used": amount(411.7, "h"),
    "cap": amount(380, "h"), "month": "1 February 2026", "declared": amount(96, "h"),
    "period": f"13 February 2026 to {date_words(SINCE)}", "counted": amount(11_430.4, "km"),
}  # fmt: skip


@pytest.mark.parametrize("rule", TERMS_RULES.values(), ids=TERMS_RULES)
def test_each_terms_rule_says_what_is_so(rule: Any) -> None:
    assert rule.summary.format_map(TERMS_WORDS) == TERMS[rule.name]


def test_a_standing_alert_has_the_movement_in_words() -> None:
    timeline = Timeline()
    timeline.tell(*delivered_life(), fact("f7", "redelivered", 50))
    (opened,) = timeline.tell(moved("telemetry-0-1-0", 51, "UNDER_WAY"))
    assert opened.summary == "under way although redelivered, off lease since 2026-02-20 00:00 UTC"


def test_every_movement_state_has_words_of_its_own_in_the_data() -> None:
    for asset_class in ASSET_CLASSES.values():
        for state in asset_class.movement:
            assert state.words and state.words == state_words(asset_class.name, state.name)
            assert state.words == state.words.lower() and "_" not in state.words
    assert state_words("ship", "NEVER_HEARD_OF") == "never heard of"
    assert state_words("submarine", "UNDER_WAY") == "under way"


@pytest.mark.parametrize(
    ("rule", "asset_class", "title"),
    [
        ("limit:main_brg_degc", "ship", "Limit exceeded: main bearing temperature"),
        ("limit:main_brg_degc", "submarine", "Limit exceeded"),
        ("anomaly:main_brg_degc", "ship", "Unusual reading: main bearing temperature"),
        ("data_fault:frozen:sog_kn", "ship", "Data fault: speed over ground"),
        ("data_fault:late", "ship", "Data fault"),
        ("forbidden_zone:WAR-LIBYA", "ship", "Forbidden area: Libyan waters"),
        ("silence", "metro", "Silent"),
        ("rent_overdue", "aircraft", "Rent overdue"),
        ("insurance", "ship", "Not insured"),
        ("declared_hours:2026-02-09", "metro", "Declared use is wrong"),
        ("proposal:maintenance", "ship", "Maintenance started?"),
        ("quarantined_fact", "ship", "Fact set aside"),
        ("rule_of_old:thing", "ship", "Rule of old: thing"),
    ],
)
def test_a_rule_has_a_title_for_people(rule: str, asset_class: str, title: str) -> None:
    assert alert_title(rule, asset_class) == title


def test_who_asks_for_a_verdict_and_who_fires_again() -> None:
    """Telemetry at warning or above asks; papers and cautions do not; emergencies come soonest."""
    severities = {rule.name: rule.severity for rule in SIGNAL_RULES}
    severities |= {rule.name: rule.severity for rule in STANDING_RULES}
    severities |= {rule.name: rule.severity for rule in TERMS_RULES.values()}
    policies = {name: policy_of(name.partition(":{")[0]) for name in severities}
    asking = {name for name, policy in policies.items() if policy.asks_verdict}
    declared = {"rent_overdue", "default", "arrested", "detained", "casualty", *TERMS_RULES}
    assert asking == {n for n, s in severities.items() if s != "caution"} - declared
    waits = {name: policy.fires_again_after for name, policy in policies.items()}
    assert all(wait is not None for wait in waits.values())
    assert waits["aground"] < waits["silence"] <= waits["casualty"] < waits["rent_overdue"]  # type: ignore[operator]
    for name in (QUARANTINED_FACT, *PROPOSAL_RULES):
        assert (policy_of(name).asks_verdict, policy_of(name).fires_again_after) == (False, None)


def test_no_sentence_speaks_to_machines() -> None:
    kinds = [k for k in get_args(SignalKind) if k.endswith(("began", "entered", "changed"))]
    for kind in kinds:
        given = signal(
            "telemetry-0-1-0", kind, 1, channel="main_brg_degc", value=1.0, threshold=2.0,
            score=26.2, flaw="frozen", zone="Z", zone_kind="forbidden", to_state="AGROUND",
            evidence={"mean": 3.0, "movement": "IN_PORT_BERTH"},
        )  # fmt: skip
        rule = firing_rule(vars(given))
        said = signal_summary(rule, given, None) if rule else ""
        for word in ("_", "sigma", "degC", "?", "lease", "{"):
            assert word not in said, said
