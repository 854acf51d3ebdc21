"""The line without Kafka: the monitor's core and the lifecycle's logic, and the alerts they raise.

Both are those of the live services.  Facts and signals of an asset reach the lifecycle in the order
in which their causes arrived.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from schemas import AlertChange, AssetClass, Fact
from services.domain.monitor.core import MonitorCore
from services.lab.outcome import Alert
from services.lifecycle.logic import LifecycleLogic
from services.partition import RecordCopy, ServiceLine
from simulators.emission import Emission

_LINE = ServiceLine("lab", "", ("facts", "signals"), "")


class Watch:
    """Watches one share of the feeds; `alerts` grows with every emission taken."""

    def __init__(self, asset_classes: Mapping[str, AssetClass]) -> None:
        self._monitor = MonitorCore(0, asset_classes=asset_classes)
        self._lifecycle = LifecycleLogic(_LINE)
        self._log = AlertLog()
        self._next_offset = 0
        self.rejected = 0

    @property
    def alerts(self) -> list[Alert]:
        """Every alert so far, in the order in which they opened."""
        return self._log.alerts

    def know(self, past: Iterable[Fact]) -> None:
        """Takes the facts of the time before the first emission; what they began and ended is past.

        Alerts that they leave firing count as alerts of the first second.
        """
        self._follow([_record("facts", fact.asset, fact.to_json()) for fact in past])
        self._log.forget_what_ended()

    def take(self, emissions: Sequence[Emission]) -> None:
        """Takes the next emissions; however they are cut into batches, the alerts are the same."""
        start = self._next_offset
        values = [emission.value for emission in emissions if emission.topic != "facts"]
        self._next_offset += len(values)
        outcome = self._monitor.step(range(start, self._next_offset), values)
        self.rejected += len(outcome.rejected)
        facts = list(_facts(emissions, start))
        signals = (_record("signals", asset, value) for asset, value in outcome.signals)
        self._follow(_merged(facts, signals) if facts else list(signals))

    def _follow(self, records: Sequence[RecordCopy]) -> None:
        for output in self._lifecycle.step(records).outputs:
            if output.topic == "alerts":
                self._log.take(AlertChange.model_validate_json(output.value))
            elif output.topic == "rejected":
                self.rejected += 1


class AlertLog:
    """Alerts as staff meet them who close none: each opening and each firing again is one."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []
        self._count: Counter[tuple[str, str]] = Counter()
        self._firing: dict[tuple[str, str], int] = {}

    def take(self, change: AlertChange) -> None:
        """Notes a new alert, or the end of one."""
        key = (change.asset, change.rule)
        if change.change in ("opened", "fired_again"):
            self._count[key] += 1
            self._firing[key] = len(self.alerts)
            self.alerts.append(_alert(change, self._count[key]))
        elif change.condition == "cleared" and key in self._firing:
            self._end(self._firing.pop(key), change.recorded_at)

    def forget_what_ended(self) -> None:
        """Leaves out the alerts that are over."""
        self.alerts = [self.alerts[place] for place in self._firing.values()]
        self._firing = {key: place for place, key in enumerate(self._firing)}

    def _end(self, place: int, ended: datetime) -> None:
        self.alerts[place] = self.alerts[place].model_copy(update={"ended": ended})


def _alert(change: AlertChange, number: int) -> Alert:
    evidence = change.evidence
    return Alert(
        id=f"{change.asset}/{change.rule}/{number}",
        asset=change.asset,
        asset_class=change.asset_class,
        rule=change.rule,
        severity=change.severity,
        time=change.time,
        known_at=change.recorded_at,
        actor=change.actor,
        detector=_text(evidence.get("detector")),
        channel=_text(evidence.get("channel")),
        value=_number(evidence.get("value")),
        threshold=_number(evidence.get("threshold")),
        score=_number(evidence.get("score")),
        summary=change.summary,
        lat=change.lat,
        lon=change.lon,
    )


def _text(value: float | str | None) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: float | str | None) -> float | None:
    return None if isinstance(value, str) else value


def _record(topic: str, asset: str, value: bytes, offset: int = 0) -> RecordCopy:
    return RecordCopy(topic, 0, offset, 0, asset.encode(), value)


def _facts(emissions: Iterable[Emission], offset: int) -> Iterator[RecordCopy]:
    """The facts, each at the offset of the reading that comes after it."""
    for emission in emissions:
        if emission.topic == "facts":
            yield _record("facts", emission.key, emission.value, offset)
        else:
            offset += 1


def _merged(facts: Sequence[RecordCopy], signals: Iterable[RecordCopy]) -> list[RecordCopy]:
    """Facts and signals of an asset in the order of the readings that they came with."""
    told, others, mine = {fact.key for fact in facts}, [], [*facts]
    for signal in signals:
        if signal.key in told:
            mine.append(signal._replace(offset=_cause(signal)))
        else:
            others.append(signal)
    return [*others, *sorted(mine, key=lambda record: record.offset)]


class _Head(msgspec.Struct):
    cause: str


_read_head = msgspec.json.Decoder(_Head).decode


def _cause(signal: RecordCopy) -> int:
    """The offset of the reading that caused a signal: `telemetry-PARTITION-OFFSET`."""
    return int(_read_head(signal.value or b"").cause.rpartition("-")[2])
