"""Puts the sentences of one AIS message together again.

Fragments of a message share sequence id, channel, talker and count.  Memory is bounded: a group
that does not complete within MAX_AGE sentences, or while MAX_GROUPS younger ones wait, or whose
sequence id is used anew, is given up as orphans.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from pyais.messages import AISSentence

MAX_AGE = 500
MAX_GROUPS = 64

_Key = tuple[int | None, str, str, int]


class Fragment(NamedTuple):
    """One sentence with its place in the source and the raw line it came in."""

    sentence: AISSentence
    number: int
    raw: bytes
    time: datetime | None


@dataclass
class _Group:
    started: int
    parts: dict[int, Fragment] = field(default_factory=dict)


class Fragments:
    """The messages that wait for more of their sentences."""

    def __init__(self) -> None:
        self._groups: dict[_Key, _Group] = {}
        self._sentences = 0

    def __len__(self) -> int:
        """Sentences that wait."""
        return sum(len(group.parts) for group in self._groups.values())

    def add(self, fragment: Fragment) -> tuple[list[Fragment], list[Fragment]]:
        """The complete message in order (or nothing), and the orphans that are given up."""
        self._sentences += 1
        sentence = fragment.sentence
        if sentence.frag_cnt == 1:
            return [fragment], self._give_up_old() if self._groups else []
        key = (sentence.seq_id, sentence.channel, sentence.talker_id, sentence.frag_cnt)
        orphans = self._give_up_old()
        if key in self._groups and sentence.frag_num in self._groups[key].parts:
            orphans += self._groups.pop(key).parts.values()
        group = self._groups.setdefault(key, _Group(self._sentences))
        group.parts[sentence.frag_num] = fragment
        if len(group.parts) < sentence.frag_cnt:
            return [], orphans
        del self._groups[key]
        return [group.parts[number] for number in sorted(group.parts)], orphans

    def end(self) -> list[Fragment]:
        """Everything that waits: nothing more will come."""
        orphans = [part for group in self._groups.values() for part in group.parts.values()]
        self._groups.clear()
        return orphans

    def _give_up_old(self) -> list[Fragment]:
        orphans: list[Fragment] = []
        while self._groups:
            key, oldest = next(iter(self._groups.items()))
            if self._sentences - oldest.started <= MAX_AGE and len(self._groups) < MAX_GROUPS:
                break
            orphans += self._groups.pop(key).parts.values()
        return orphans
