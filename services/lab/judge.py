"""Alerts against the truth: which faults were noticed, and what every alert was worth; pure.

An alert counts at the moment at which staff could see it (`known_at`), and once each time that it
opens or fires again.

-   A fault is due by its `notice_by`.  If the asset is not heard then, it stays open until the
    asset is heard again, and for GRACE more (no longer than it had at first): what only readings
    can show cannot be told before.  A fault that shows by silence is due in the silence.
-   A fault's time runs from its start to GRACE after its end, or after it is due, or after the
    asset is heard again, whichever is last: what ends is seen at the end of a minute or at a return
    to the usual.
-   An alert within a fault's time, on one of its assets, by a rule that one of the fault's `expect`
    words accepts (RULES) and, where both name channels, on one of its channels, notices the fault.
    The first such alert gives the time to notice, from when the fault shows: it is `true` if it
    came by when the fault was due, else `late`.  All later ones about the fault are `repeat`s.
-   Of the words for a ship that goes too slowly (SLOW) only the first that a fault names is the
    right one, and an alert with another of them on such a fault is a false alarm.
-   A fault that is due only after the run's end does not count, nor does one whose feed is down for
    most of the time in which it could be noticed.
-   Any other alert on one of the fault's assets within its time is a `side_effect`, of the latest
    fault that may cause it: what is wrong on paper alone (group contract) does nothing to
    telemetry, and an outage of a feed causes silences and data faults alone.
-   An alert that only says what is declared on paper (DECLARED) is `declared`.
-   Everything else is a `false_alarm`, in the first hours of a world as at any other time, and so
    is every alert on a stranger, whom nobody leases.  One that opens within GRACE of the last of
    its family on its asset, or of the end of the last of its own rule, is a `repeat`: one cause is
    counted once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

from schemas.messages import LATEST
from services.domain.alert_rules import SIGNAL_RULES
from services.lab.outcome import Alert, JudgedAlert, JudgedLabel, Label, LabelVerdict, LeftOut

GRACE = timedelta(minutes=30)
"""How long after a fault alerts are still put down to it, or to a later fault that has begun."""

_MET = 2  # assets that a fault of its own may name: those that meet, or whose names are swapped


class Gap(NamedTuple):
    """An asset was heard at `since`, and then not before `until`; LATEST: never again."""

    since: datetime
    until: datetime


Gaps = Mapping[str, Sequence[Gap]]
"""Of every asset that is leased, and of no other: the gaps in what arrived, by time."""

SLOW = ("rendezvous", "loitering", "drifting", "aground")
"""Words of `expect` that say why a ship goes too slowly: to notice it is to know which it is."""

_OUTAGE = "feed_down"
_BY_SILENCE = frozenset({"silence", "dark", _OUTAGE})

ALSO: Mapping[str, tuple[str, ...]] = {
    "data_fault:impossible": ("data_fault:position_impossible", "data_fault:counter_backwards:*"),
    "data_fault:clock": ("data_fault:clock_skew", "data_fault:future"),
    "off_hire_under_way": ("moving_off_hire",),
}
"""A word of `expect` is the name of the alert rule that tells of it, alone or with a zone or a
channel (`anomaly:me_rpm`).  Here are the other rules that tell of it as well."""

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
    labels: Iterable[Label], alerts: Iterable[Alert], end: datetime, gaps: Gaps
) -> tuple[tuple[JudgedLabel, ...], tuple[JudgedAlert, ...]]:
    """Every fault and every alert of a run until `end`, with its verdict.

    The order in which they are given makes no difference.
    """
    faults = sorted(labels, key=lambda label: (label.start, label.id))
    seen = sorted(alerts, key=lambda alert: (alert.known_at, alert.id))
    outages = [label for label in faults if label.expect == _OUTAGE]
    times = {label.id: _time_of(label, gaps.get(label.asset, ())) for label in faults}
    told = _Told(gaps.keys(), faults, times)
    judged_alerts = tuple(told.judge(alert) for alert in seen)
    judged_labels = tuple(
        _judged_label(label, told.noticed.get(label.id), times[label.id].due,
                      _left_out(label, times[label.id].due, outages, end))
        for label in faults
    )  # fmt: skip
    return judged_labels, judged_alerts


class _Time(NamedTuple):
    """When a fault is due, and until when alerts are put down to it; LATEST: for ever."""

    due: datetime
    last: datetime


def _time_of(label: Label, gaps: Sequence[Gap]) -> _Time:
    by = due(label, gaps)
    over = max(by, label.end, *(gap.until for gap in gaps if gap.since <= label.end < gap.until))
    return _Time(by, min(over, LATEST - GRACE) + GRACE)


def due(label: Label, gaps: Sequence[Gap]) -> datetime:
    """Until when the fault is to be noticed; LATEST: its asset was not heard again."""
    by = label.notice_by
    if label.group == "contract" or _BY_SILENCE.issuperset(label.expect.split("|")):
        return by
    heard = next((gap.until for gap in gaps if gap.since <= by < gap.until), None)
    return min(heard, LATEST - GRACE) + min(GRACE, by - label.shows) if heard else by


def accepts(label: Label, rule: str, channel: str | None) -> bool:
    """Whether an alert's rule, and its channel if it has one, tells of the fault."""
    if label.channels and channel and channel not in label.channels:
        return False
    return _tells(rule, expected(label.expect))


def expected(expect: str) -> list[str]:
    """The words of an `expect`; of those of SLOW the first alone."""
    words = expect.split("|")
    right = next((word for word in words if word in SLOW), None)
    return [word for word in words if word not in SLOW or word == right]


def _tells(rule: str, words: Iterable[str]) -> bool:
    patterns = [name for word in words for name in (word, f"{word}:*", *ALSO.get(word, ()))]
    return any(fnmatchcase(rule, pattern) for pattern in patterns)


def _mistakes(label: Label, alert: Alert) -> bool:
    """Whether the alert takes one way of going slowly for another."""
    return bool({*label.expect.split("|")} & {*SLOW}) and _tells(alert.rule, SLOW)


def _may_cause(label: Label, alert: Alert) -> bool:
    """Whether an alert that does not tell of the fault may follow from it.

    From a broken contract nothing follows that telemetry tells; from an outage of a whole feed only
    silences and data faults, or every other false alarm of its many assets would be excused.
    """
    if label.group == "contract":
        return not _by_telemetry(alert)
    of_a_feed = len(label.assets) > _MET
    return not of_a_feed or alert.family.startswith(("silence", "data_fault"))


class _Told:
    """What the alerts have told so far; they are given one by one, in time.

    `noticed`: the first alert of every fault.
    """

    def __init__(
        self, ours: Collection[str], faults: Iterable[Label], times: Mapping[str, _Time]
    ) -> None:
        self.noticed: dict[str, Alert] = {}
        self._ours, self._times = ours, times
        self._by_asset: dict[str, list[Label]] = defaultdict(list)
        for label in faults:
            for asset in label.assets:
                self._by_asset[asset].append(label)
        self._repeats_until: dict[tuple[str, str], datetime] = {}

    def judge(self, alert: Alert) -> JudgedAlert:
        """The next alert with its verdict."""
        if alert.asset not in self._ours:
            return self._wrong(alert)
        around = [
            label
            for label in self._by_asset[alert.asset]
            if label.start <= alert.known_at <= self._times[label.id].last
        ]
        told = [label for label in around if accepts(label, alert.rule, alert.channel)]
        new = [label for label in told if label.id not in self.noticed]
        for label in new:
            self.noticed[label.id] = alert
        if new:
            timely = alert.known_at <= self._times[new[-1].id].due
            return JudgedAlert(alert=alert, verdict="true" if timely else "late", label=new[-1].id)
        if told:
            return JudgedAlert(alert=alert, verdict="repeat", label=told[-1].id)
        causes = [label for label in around if _may_cause(label, alert)]
        if causes and not any(_mistakes(label, alert) for label in around):
            return JudgedAlert(alert=alert, verdict="side_effect", label=causes[-1].id)
        if alert.rule in DECLARED:
            return JudgedAlert(alert=alert, verdict="declared")
        return self._wrong(alert)

    def _wrong(self, alert: Alert) -> JudgedAlert:
        """A false alarm, or a repeat of one of its family that opened, or its own that ended, just
        before.
        """
        until, own, family = self._repeats_until, (alert.asset, alert.rule), (
            alert.asset, f"{alert.family}:any"
        )  # fmt: skip
        repeats = any(key in until and alert.known_at <= until[key] for key in (own, family))
        until[own] = (alert.ended or alert.known_at) + GRACE
        until[family] = alert.known_at + GRACE
        return JudgedAlert(alert=alert, verdict="repeat" if repeats else "false_alarm")


def _by_telemetry(alert: Alert) -> bool:
    """Whether telemetry alone fired the alert, whatever is written on paper."""
    return alert.family.partition(":")[0] in _TELEMETRY_RULES


def _left_out(
    label: Label, due: datetime, outages: Sequence[Label], end: datetime
) -> LeftOut | None:
    """Why the fault does not count, if it does not."""
    if due > end:
        return "run ended"
    if label.group == "contract" or label.expect == _OUTAGE:
        return None
    until = max(label.shows, min(label.end, due))
    down = sum(
        (max(timedelta(), min(until, outage.end) - max(label.shows, outage.start))
         for outage in outages if label.asset in outage.assets),
        timedelta(),
    )  # fmt: skip
    return "feed down" if down > (until - label.shows) / 2 else None


def _judged_label(
    label: Label, alert: Alert | None, due: datetime, left_out: LeftOut | None
) -> JudgedLabel:
    judged = JudgedLabel(label=label, verdict="missed", due=due, left_out=left_out)
    if alert is None:
        return judged
    verdict: LabelVerdict = "noticed" if alert.known_at <= due else "late"
    after_s = max(0.0, (alert.known_at - label.shows).total_seconds())
    return judged.model_copy(update={
        "verdict": verdict, "alert": alert.id, "rule": alert.rule,
        "noticed_at": alert.known_at, "after_s": after_s,
    })  # fmt: skip
