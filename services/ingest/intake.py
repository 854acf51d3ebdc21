"""From lines to messages and figures: what the file and TCP shells share."""

from collections import Counter
from datetime import datetime
from typing import Any, Protocol

from schemas import Message, Rejected
from services.ingest.ais import AisDecoder, AisMessage, Item, NoSentence
from services.ingest.counts import AisCounts
from services.ingest.lines import Line
from services.ingest.misdirected import A_FACT, is_fact
from services.ingest.ndjson import MAX_LINE, read_line

MAX_SENTENCE_LINE = 8 << 10


class Intake(Protocol):
    """One decoder with its figures."""

    limit: int

    def take(self, line: Line, now: datetime) -> list[Message]:
        """What the line gives, in order."""

    def end(self, now: datetime) -> list[Message]:
        """What the end of input gives."""

    def start_counting(self) -> None:
        """Sets the figures to nothing: what was taken until now was published by an earlier run."""

    def figures(self) -> dict[str, Any]:
        """What was taken in since then."""

    def problem(self) -> str | None:
        """A sentence when there were lines, and not one of them was of this kind."""


class AisIntake:
    """Sentences of AIS."""

    limit = MAX_SENTENCE_LINE

    def __init__(self, source: str) -> None:
        self._source = source
        self._decoder = AisDecoder(source)
        self._lines, self._known = 0, False
        self.start_counting()

    def take(self, line: Line, now: datetime) -> list[Message]:
        """As Intake; a line over the limit is rejected with its first bytes."""
        self._lines += 1
        if line.length > self.limit:
            return self._messages([_oversize(line, self._source, now)])
        return self._messages(list(self._decoder.feed(line.raw, line.number, now)))

    def end(self, now: datetime) -> list[Message]:
        """As Intake."""
        return self._messages(list(self._decoder.end(now)))

    def start_counting(self) -> None:
        """As Intake."""
        self._counts, self._before = AisCounts(), self._decoder.sentences

    def figures(self) -> dict[str, Any]:
        """As Intake."""
        return self._counts.as_dict(self._decoder.sentences - self._before)

    def problem(self) -> str | None:
        """As Intake."""
        if not self._lines or self._known:
            return None
        return f"none of {self._lines} lines holds an AIS sentence (!AIVDM, !AIVDO): another file?"

    def _messages(self, items: list[Item]) -> list[Message]:
        messages: list[Message] = []
        for item in items:
            self._counts.add(item)
            self._known = self._known or not isinstance(item, NoSentence)
            if isinstance(item, Rejected):
                messages.append(item)
            elif isinstance(item, AisMessage):
                messages += [part for part in (item.reading, item.fact) if part is not None]
        return messages


class ReadingIntake:
    """Readings as newline-delimited JSON."""

    limit = MAX_LINE

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines, self._known = 0, False
        self.start_counting()

    def take(self, line: Line, now: datetime) -> list[Message]:
        """As Intake."""
        self._lines += 1
        result = read_line(line, self._source, now)
        if result is None:
            self._other_lines += 1
            return []
        self._known = True
        if isinstance(result, Rejected):
            if is_fact(line.raw):
                result = result.model_copy(update={"reason": "is_a_fact", "detail": A_FACT})
            self._rejected[result.reason] += 1
        else:
            self._readings += 1
            self._assets.add(result.asset)
        return [result]

    def end(self, now: datetime) -> list[Message]:
        """As Intake: no line waits for another."""
        return []

    def start_counting(self) -> None:
        """As Intake."""
        self._readings = self._other_lines = 0
        self._assets: set[str] = set()
        self._rejected: Counter[str] = Counter()

    def figures(self) -> dict[str, Any]:
        """As Intake."""
        return {
            "readings": self._readings,
            "assets": len(self._assets),
            "rejected": dict(sorted(self._rejected.items())),
            "rejected_total": self._rejected.total(),
            "other_lines": self._other_lines,
        }

    def problem(self) -> str | None:
        """As Intake."""
        if not self._lines or self._known:
            return None
        return f"all of {self._lines} lines are empty: another file?"


def _oversize(line: Line, source: str, now: datetime) -> Rejected:
    return Rejected(
        id=f"{source}/{line.number}",
        source=source,
        position=line.number,
        received_at=now,
        reason="oversize_line",
        detail=f"{line.length} bytes; a line of sentences has {MAX_SENTENCE_LINE} at most",
        raw=line.raw,
    )
