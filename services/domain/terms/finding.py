"""What is found of one thing that was agreed."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Finding(NamedTuple):
    """Whether the breach that a rule tells of holds, from when on and in what words.

    `holds` is None while it cannot be told: then an alert stays as it is.  `about` tells several
    findings of one rule apart.  `words` fill the rule's sentence.
    """

    rule: str
    holds: bool | None
    since: datetime
    about: str = ""
    words: Mapping[str, str] = {}
    evidence: Mapping[str, float | str] = {}

    @property
    def alert(self) -> str:
        """The name that its alerts bear."""
        return f"{self.rule}:{self.about}" if self.about else self.rule


class Found(NamedTuple):
    """All findings; when, and beyond which value of the counter, there may be others.

    `awaits`: something cannot be told before the counter is heard again.  `unsaid`: the ids of
    facts that are known and do not count: retracted, replaced or quarantined.
    """

    findings: tuple[Finding, ...] = ()
    due: datetime | None = None
    limit: float | None = None
    awaits: bool = False
    unsaid: frozenset[str] = frozenset()
