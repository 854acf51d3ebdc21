"""The alert rules as rows of data: what fires each, what clears it, how grave it is, what it says,
whether it asks for a verdict and when it fires again if it is resolved while its condition stands.

Signal rules fire on one signal by itself, so that anybody can tell which signals must have led to
an alert (`fires`).  Standing rules fire when an asset's regions come to stand in a certain way,
terms rules when time or the asset's counter has come to break what was agreed.
A rule's name may hold fields of its signal (`anomaly:{channel}`): one open alert for each of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from string import Formatter
from typing import Any, NamedTuple

from schemas.alert import Severity
from schemas.fact import FactKind

MOVING = "MOVING"
"""Stands for every movement state of the class in which the asset makes way."""


class Pattern(NamedTuple):
    """A signal kind, and fields that must have one of the values; a detector by its name."""

    kind: str
    fields: Mapping[str, frozenset[str]] = {}

    def matches(self, signal: Mapping[str, Any]) -> bool:
        """Whether a signal, as a mapping of its fields, is of this pattern."""
        return signal["kind"] == self.kind and all(
            _plain(name, signal.get(name)) in values for name, values in self.fields.items()
        )


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What holds for every alert of a rule, whatever fires it.

    `title` is the rule's name for people.  `asks_verdict`: the alert is done only when somebody has
    said what it was worth.  `fires_again_after`: resolved while its condition stands, it fires
    again after that time; None: only when the condition begins anew.  `self_clearing`: it needs
    no acknowledgement once it has cleared, as no caution does (IEC 62923).
    `declared`: it stands in the papers and goes on until a fact ends it.
    """

    title: str
    asks_verdict: bool = False
    fires_again_after: timedelta | None = DAY
    self_clearing: bool = False
    declared: bool = False


@dataclass(frozen=True)
class SignalRule:
    """One row: `summary` is filled by services.domain.alert_text."""

    name: str
    severity: Severity
    fired_by: Pattern
    cleared_by: Pattern
    summary: str
    policy: Policy

    def name_for(self, signal: Mapping[str, Any]) -> str:
        """The rule's name with the signal's fields in it; an absent field is left out."""
        fields = [name for _, name, _, _ in Formatter().parse(self.name) if name]
        return self.name.format(**{name: signal.get(name) or "" for name in fields}).rstrip(":")


@dataclass(frozen=True)
class StandingRule:
    """Fires when all of `when` come to hold, clears when not all of `holding` hold any more.

    Each maps a region (or `rent`) to its states.  `held_by` is given where less than `when` is
    enough to stay: a train in maintenance that stops and moves on is one alert.
    """

    name: str
    severity: Severity
    summary: str
    policy: Policy
    when: Mapping[str, frozenset[str]]
    held_by: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def holding(self) -> Mapping[str, frozenset[str]]:
        """What must go on holding for the alert to stay."""
        return self.held_by or self.when


def _plain(name: str, value: Any) -> str | None:
    if value is None:
        return None
    return str(value).partition("/")[0] if name == "detector" else str(value)


def _one_of(*values: str) -> frozenset[str]:
    return frozenset(values)


def _pair(what: str, **fields: frozenset[str]) -> tuple[Pattern, Pattern]:
    return Pattern(f"{what}_began", fields), Pattern(f"{what}_ended", fields)


def _by(rule: str) -> tuple[Pattern, Pattern]:
    """What a rule of the monitor (services.domain.monitor.judges) begins and ends."""
    return _pair("anomaly", detector=_one_of(rule))


def _detected(title: str, fires_again_after: timedelta = DAY) -> Policy:
    """Of what telemetry shows at warning or above: people say whether it was so."""
    return Policy(title=title, asks_verdict=True, fires_again_after=fires_again_after)


def _declared(title: str, fires_again_after: timedelta = 7 * DAY) -> Policy:
    """Of what stands in the papers: nobody need judge whether it is so."""
    return Policy(title=title, fires_again_after=fires_again_after, declared=True)


LIMIT_DETECTORS = _one_of("limit")

SIGNAL_RULES: tuple[SignalRule, ...] = (
    SignalRule("silence", "warning", *_pair("silence"),
               "silent for {silent}{while_moving}, {allowed} are normal", _detected("Silent")),
    SignalRule("overspeed", "warning", *_pair("overspeed"),
               "{meaning} {value} is over the limit of {threshold}", _detected("Overspeed")),
    SignalRule("position_jump", "alarm", *_pair("data_fault", flaw=_one_of("jump")),
               "the position jumps further than the asset can move{distance}: spoofing suspected",
               _detected("Position jumps")),
    SignalRule("data_fault:{flaw}:{channel}", "caution", *_pair("data_fault"),
               "{fault}", Policy(title="Data fault")),
    SignalRule("forbidden_zone:{zone}", "alarm",
               Pattern("zone_entered", {"zone_kind": _one_of("forbidden")}),
               Pattern("zone_left", {"zone_kind": _one_of("forbidden")}),
               "entered {zone_name}, an area on the forbidden list{comma_position}",
               _detected("Forbidden area")),
    SignalRule("aground", "emergency",
               Pattern("movement_changed", {"to_state": _one_of("AGROUND")}),
               Pattern("movement_changed", {"from_state": _one_of("AGROUND")}),
               "aground{position}", _detected("Aground", HOUR)),
    SignalRule("limit:{channel}", "emergency", *_pair("anomaly", detector=LIMIT_DETECTORS),
               "{meaning} {value} is {beyond} its limit of {threshold}{while_moving}",
               _detected("Limit exceeded", HOUR)),
    SignalRule("hard_landing", "alarm", *_by("hard_landing"),
               "hard landing: {value} at touch-down", _detected("Hard landing")),
    SignalRule("aground", "emergency", *_by("aground"),
               "stopped at once, or its engine pushes in vain: aground{position}",
               _detected("Aground", HOUR)),
    SignalRule("loitering", "warning", *_by("loitering"),
               "goes about at {value} for {held}, away from port{position}",
               _detected("Loitering")),
    SignalRule("drifting", "warning", *_by("drifting"),
               "drifts at {value} with its engine stopped for {held}{position}",
               _detected("Drifting")),
    SignalRule("fuel_loss", "alarm", *_by("fuel_loss"),
               "the tanks lost {value} more than was burnt, {threshold} at most is the gauge's",
               _detected("Fuel lost")),
    SignalRule("gps_interference", "warning", *_by("gps_interference"),
               "unsure of its place for {held}{position}: GPS interference suspected",
               _detected("GPS interference")),
    SignalRule("position_jump", "alarm", *_by("position_contradicted"),
               "is {value} km from where speed and course lead, {threshold} km at most are usual: "
               "spoofing suspected", _detected("Position jumps")),
    SignalRule("anomaly:{channel}", "warning", *_by("door_hold"),
               "doors stand open at a stop for {lasted}, {allowed} at most are usual",
               _detected("Unusual reading")),
    SignalRule("anomaly:{channel}", "warning", *_by("compressor_leak"),
               "loses {value} of air a minute, compressor off; {threshold} at most is usual",
               _detected("Unusual reading")),
    SignalRule("anomaly:{channel}", "warning", *_by("wheel_flat"),
               "{meaning} {value} is more than {threshold}, the most at such a speed: "
               "a flat wheel suspected", _detected("Unusual reading")),
    SignalRule("anomaly:{channel}", "warning", *_pair("anomaly"),
               "{meaning} {value}{deviation}{while_moving}", _detected("Unusual reading")),
    SignalRule("drift:{channel}", "caution", *_pair("drift"),
               "{meaning} drifts away from what is usual{level}{while_moving}",
               Policy(title="Slow drift")),
)  # fmt: skip
"""The first row that matches a signal is the one; what clears a rule is asked likewise."""

STANDING_RULES: tuple[StandingRule, ...] = (
    StandingRule("rent_overdue", "warning", "rent is overdue under lease {lease}",
                 _declared("Rent overdue"), {"rent": _one_of("OVERDUE")}),
    StandingRule("default", "alarm", "default declared under lease {lease}",
                 _declared("Default"), {"contract": _one_of("DEFAULT", "REPOSSESSING")}),
    StandingRule("arrested", "alarm", "under arrest", _declared("Under arrest"),
                 {"overlay": _one_of("ARRESTED")}),
    StandingRule("detained", "alarm", "detained by an authority", _declared("Detained"),
                 {"overlay": _one_of("DETAINED")}),
    StandingRule("casualty", "emergency", "casualty reported", _declared("Casualty", DAY),
                 {"overlay": _one_of("CASUALTY")}),
    StandingRule("moving_off_hire", "warning",
                 "{movement} although declared off-hire since {since}",
                 _detected("Moving while off-hire"),
                 {"movement": _one_of(MOVING), "employment": _one_of("OUT_OF_SERVICE")},
                 {"employment": _one_of("OUT_OF_SERVICE")}),
    StandingRule("moving_in_maintenance", "warning",
                 "{movement} although declared in maintenance since {since}",
                 _detected("Moving while in maintenance"),
                 {"movement": _one_of(MOVING), "employment": _one_of("MAINTENANCE")},
                 {"employment": _one_of("MAINTENANCE")}),
    StandingRule("moving_in_storage", "warning",
                 "{movement} although declared laid up since {since}",
                 _detected("Moving while laid up"),
                 {"movement": _one_of(MOVING), "employment": _one_of("STORED")},
                 {"employment": _one_of("STORED")}),
    StandingRule("moving_redelivered", "alarm",
                 "{movement} although redelivered, off lease since {since}",
                 _detected("Moving after redelivery"),
                 {"movement": _one_of(MOVING), "contract": _one_of("OFF_LEASE")},
                 {"contract": _one_of("OFF_LEASE")}),
)  # fmt: skip


@dataclass(frozen=True)
class TermsRule:
    """Fires while what was agreed is broken: services.domain.terms finds it and fills `summary`.

    A rule may have one open alert for each thing it is about (`declared_hours:2026-02-09`).
    """

    name: str
    severity: Severity
    summary: str
    policy: Policy


TERMS_RULES: Mapping[str, TermsRule] = {
    rule.name: rule
    for rule in (
        TermsRule("insurance", "alarm",
                  "cover{of}{insurer} ended on {ended} and was not renewed",
                  _declared("Not insured")),
        TermsRule("late_redelivery", "alarm",
                  "was to be redelivered by {until} under lease {lease}, still on lease",
                  _declared("Late redelivery")),
        TermsRule("over_cap", "warning",
                  "used {used} of {cap} allowed in the month from {month} under lease {lease}",
                  _declared("Over the cap")),
        TermsRule("declared_hours", "caution",
                  "declared {declared} for {period}, its own counter says {counted}",
                  _declared("Declared use is wrong")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class ProposalRule:
    """A stay of `rest_s` at rest in a zone of `zone_kind` proposes a fact, for staff to confirm.

    Not proposed while the asset's employment is one of `unless`.
    """

    name: str
    severity: Severity
    summary: str
    zone_kind: str
    rest_s: float
    fact: FactKind
    unless: frozenset[str]
    policy: Policy


PROPOSAL_RULES: Mapping[str, ProposalRule] = {
    rule.name: rule
    for rule in (
        ProposalRule("proposal:maintenance", "caution",
                     "at rest in {place} since {since}: has maintenance started?",
                     "yard", 24 * 3600.0, "maintenance_started", _one_of("MAINTENANCE"),
                     Policy(title="Maintenance started?", fires_again_after=None)),
    )
}  # fmt: skip

QUARANTINED_FACT = "quarantined_fact"
QUARANTINED_SEVERITY: Severity = "warning"

_POLICIES: Mapping[str, Policy] = {
    **{rule.name.partition(":{")[0]: rule.policy for rule in SIGNAL_RULES},
    **{rule.name: rule.policy for rule in STANDING_RULES},
    **{rule.name: rule.policy for rule in TERMS_RULES.values()},
    **{rule.name: rule.policy for rule in PROPOSAL_RULES.values()},
    QUARANTINED_FACT: Policy(title="Fact set aside", fires_again_after=None, self_clearing=True),
}


def policy_of(rule: str) -> Policy:
    """The policy of a rule by the name its alerts bear (`limit:main_brg_degc`).

    Of a rule that is no more, whose alerts are still there, the name must do as a title.
    """
    known = _POLICIES.get(rule) or _POLICIES.get(rule.partition(":")[0])
    return known or Policy(title=rule.replace("_", " ").replace(":", ": ").capitalize())


def firing_rule(signal: Mapping[str, Any]) -> SignalRule | None:
    """The row that a signal fires, if any; `signal` is a mapping of its fields."""
    return next((rule for rule in SIGNAL_RULES if rule.fired_by.matches(signal)), None)


def continued_rule(signal: Mapping[str, Any]) -> SignalRule | None:
    """The row whose condition a signal says to go on, if any; it fires nothing by itself."""
    began = _CONTINUES.get(signal["kind"])
    return firing_rule({**signal, "kind": began}) if began else None


_CONTINUES = {"silence_continues": "silence_began"}


def clearing_rule(signal: Mapping[str, Any]) -> SignalRule | None:
    """The row that a signal clears, if any."""
    return next((rule for rule in SIGNAL_RULES if rule.cleared_by.matches(signal)), None)


def fires(signal: Mapping[str, Any]) -> bool:
    """Whether a signal must lead to exactly one alert change, one of those of `alert_book.fire`."""
    return firing_rule(signal) is not None
