"""Alerts against the truth: which faults were noticed, and what every alert was worth; pure.

An alert counts at the moment at which staff could see it (`known_at`), and once each time that it
opens or fires again.

-   A fault's time runs from its start to GRACE after its end, or after `notice_by` if that is
    later: what ends is seen at the end of a minute or at a return to the usual.
-   An alert within a fault's time, on one of its assets, by a rule that one of the fault's `expect`
    words accepts (RULES) and, where both name channels, on one of its channels, notices the fault.
    The first such alert gives the time to notice, from when the fault shows: they are all `true`
    if it came by `notice_by`, else all `late`.
-   A fault that had to be noticed only after the run's end does not count.
-   Any other alert on one of the fault's assets within its time is a `side_effect`, of the latest
    fault that may cause it: what is wrong on paper alone (group contract) does nothing to
    telemetry, and an outage of a feed causes silences and data faults alone.
-   An alert that only says what is declared on paper (DECLARED) is `declared`.
-   Everything else is a `false_alarm`, in the first hours of a world as at any other time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from services.domain.alert_rules import SIGNAL_RULES
from services.lab.outcome import Alert, AlertVerdict, JudgedAlert, JudgedLabel, Label, LabelVerdict

GRACE = timedelta(minutes=30)
"""How long after a fault alerts are still put down to it, or to a later fault that has begun."""

_MET = 2  # assets that a fault of its own may name: those that meet, or whose names are swapped

RULES: Mapping[str, tuple[str, ...]] = {
    "silence": ("silence",),
    "feed_down": (),
    "position_jump": ("position_jump",),
    "overspeed": ("overspeed",),
    "forbidden_zone": ("forbidden_zone:*",),
    "aground": ("aground",),
    "anomaly": ("anomaly:*",),
    "limit": ("limit:*",),
    "drift": ("drift", "drift:*"),
    "data_fault:frozen": ("data_fault:frozen:*",),
    "data_fault:impossible": (
        "data_fault:impossible:*", "data_fault:position_impossible",
        "data_fault:counter_backwards:*",
    ),
    "data_fault:late": ("data_fault:late",),
    "data_fault:duplicate": ("data_fault:duplicate",),
    "data_fault:clock": ("data_fault:clock_skew", "data_fault:future"),
    "data_fault:gap": (),
    "identity_conflict": (),
    "rendezvous": (),
    "loitering": (),
    "drifting": (),
    "dark": (),
    "hard_landing": (),
    "fuel_loss": (),
    "gps_interference": (),
    "off_hire_under_way": ("moving_off_hire",),
    "rent_overdue": ("rent_overdue",),
    "over_cap": (),
    "late_redelivery": (),
    "declared_hours": (),
    "insurance": (),
}  # fmt: skip
"""Word of `expect`: the alert rules that tell of it; none where the monitor of today has none."""

DECLARED: Mapping[str, str] = {
    "rent_overdue": "the contract desk declared the rent overdue",
    "default": "a default was declared",
    "arrested": "an arrest was declared",
    "detained": "a detention was declared",
    "casualty": "a casualty was declared",
    "proposal:maintenance": "the asset does rest in a yard, and nobody had declared why",
}
"""Rules whose alerts say what is true by itself, fault or no fault; and why."""


_TELEMETRY_RULES = frozenset(rule.name.partition(":")[0] for rule in SIGNAL_RULES)


def judge(
    labels: Iterable[Label], alerts: Iterable[Alert], end: datetime
) -> tuple[tuple[JudgedLabel, ...], tuple[JudgedAlert, ...]]:
    """Every fault and every alert of a run until `end`, with its verdict.

    The order in which they are given makes no difference.
    """
    faults = sorted(labels, key=lambda label: (label.start, label.id))
    seen = sorted(alerts, key=lambda alert: (alert.known_at, alert.id))
    by_asset: dict[str, list[Label]] = defaultdict(list)
    for label in faults:
        for asset in label.assets:
            by_asset[asset].append(label)
    noticed: dict[str, Alert] = {}
    verdicts = [_judged(alert, by_asset[alert.asset], noticed) for alert in seen]
    judged = (_judged_label(fault, noticed.get(fault.id), end) for fault in faults)
    return tuple(judged), tuple(verdicts)


def last_moment(label: Label) -> datetime:
    """Until when alerts are put down to the fault."""
    return max(label.end, label.notice_by) + GRACE


def accepts(label: Label, rule: str, channel: str | None) -> bool:
    """Whether an alert's rule, and its channel if it has one, tells of the fault."""
    if label.channels and channel and channel not in label.channels:
        return False
    return any(fnmatchcase(rule, pattern) for pattern in accepted_rules(label.expect))


def accepted_rules(expect: str) -> list[str]:
    """The alert rules that an `expect` accepts; words that are not known accept none."""
    return [pattern for word in expect.split("|") for pattern in RULES.get(word, ())]


def _may_cause(label: Label, alert: Alert) -> bool:
    """Whether an alert that does not tell of the fault may follow from it.

    From a broken contract nothing follows that telemetry tells; from an outage of a whole feed only
    silences and data faults, or every other false alarm of its many assets would be excused.
    """
    if label.group == "contract":
        return not _by_telemetry(alert)
    of_a_feed = len(label.assets) > _MET
    return not of_a_feed or alert.family.startswith(("silence", "data_fault"))


def _judged(alert: Alert, labels: Sequence[Label], noticed: dict[str, Alert]) -> JudgedAlert:
    """The alert with its verdict; `noticed` keeps the first alert of every fault."""
    around = [label for label in labels if label.start <= alert.known_at <= last_moment(label)]
    told = [label for label in around if accepts(label, alert.rule, alert.channel)]
    for label in told:
        noticed.setdefault(label.id, alert)
    if told:
        timely = noticed[told[-1].id].known_at <= told[-1].notice_by
        return JudgedAlert(alert=alert, verdict="true" if timely else "late", label=told[-1].id)
    causes = [label for label in around if _may_cause(label, alert)]
    if causes:
        return JudgedAlert(alert=alert, verdict="side_effect", label=causes[-1].id)
    verdict: AlertVerdict = "declared" if alert.rule in DECLARED else "false_alarm"
    return JudgedAlert(alert=alert, verdict=verdict)


def _by_telemetry(alert: Alert) -> bool:
    """Whether telemetry alone fired the alert, whatever is written on paper."""
    return alert.family.partition(":")[0] in _TELEMETRY_RULES


def _judged_label(label: Label, alert: Alert | None, end: datetime) -> JudgedLabel:
    counts = label.notice_by <= end
    if alert is None:
        return JudgedLabel(label=label, verdict="missed", counts=counts)
    verdict: LabelVerdict = "noticed" if alert.known_at <= label.notice_by else "late"
    after_s = max(0.0, (alert.known_at - label.shows).total_seconds())
    return JudgedLabel(
        label=label, verdict=verdict, alert=alert.id, rule=alert.rule,
        noticed_at=alert.known_at, after_s=after_s, counts=counts,
    )  # fmt: skip
