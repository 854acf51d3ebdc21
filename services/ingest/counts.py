"""What a run took in, counted as it goes; printed as one JSON object."""

from collections import Counter
from typing import Any

from schemas import Rejected
from services.ingest.ais import AisMessage, Item, NoSentence


class AisCounts:
    """Tallies decoded items; memory grows with the number of emitters only."""

    def __init__(self) -> None:
        self._messages = self._readings = self._facts = self._other_lines = self._cut_short = 0
        self._emitters: set[int] = set()
        self._located: set[int] = set()
        self._rejected: Counter[str] = Counter()
        self._other_messages: Counter[int] = Counter()

    def add(self, item: Item) -> None:
        """Takes one item into the figures."""
        if isinstance(item, AisMessage):
            self._add_message(item)
        elif isinstance(item, Rejected):
            self._rejected[item.reason] += 1
        elif isinstance(item, NoSentence):
            self._other_lines += 1

    def _add_message(self, message: AisMessage) -> None:
        self._messages += 1
        self._emitters.add(message.mmsi)
        self._readings += message.reading is not None
        self._facts += message.fact is not None
        self._cut_short += message.cut_short
        if message.reading is None and message.fact is None:
            self._other_messages[message.msg_type] += 1
        if message.reading is not None and message.reading.lat is not None:
            self._located.add(message.mmsi)

    def as_dict(self, sentences: int) -> dict[str, Any]:
        """`sentences`: AIS sentences seen, readable or not."""
        return {
            "frames": sentences,
            "messages": self._messages,
            "readings": self._readings,
            "position_reports": self._readings,
            "facts": self._facts,
            "emitters": len(self._emitters),
            "vessels_with_position": len(self._located),
            "cut_short": self._cut_short,
            "rejected": dict(sorted(self._rejected.items())),
            "rejected_total": self._rejected.total(),
            "other_messages": {str(kind): n for kind, n in sorted(self._other_messages.items())},
            "other_lines": self._other_lines,
        }
