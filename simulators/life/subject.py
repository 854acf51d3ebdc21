"""Whose life it is: one asset with its number, its own dice and its pen."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

from schemas.fact import Fact, FactKind
from simulators.names import TRADES, Lessee, Trade, Type, lessees_for, type_of

DAY_S = 86_400
MONTH_S = 30 * DAY_S
_CLASS_LETTERS: Mapping[str, str] = {"ship": "S", "aircraft": "A", "metro": "M"}

_Thing = TypeVar("_Thing")


class Subject(NamedTuple):
    """One asset; `number` is its place in its class, whoever else is simulated."""

    seed: int
    asset: str
    asset_class: str
    number: int

    @property
    def trade(self) -> Trade:
        """How its class lives."""
        return TRADES[self.asset_class]

    @property
    def type(self) -> Type:
        """What it is."""
        return type_of(self.asset_class, self.number)

    @property
    def lessees(self) -> tuple[Lessee, ...]:
        """Who may lease it."""
        return lessees_for(self.asset_class, self.asset, self.number)

    @property
    def code(self) -> str:
        """How papers refer to it: S0012."""
        return f"{_CLASS_LETTERS[self.asset_class]}{self.number:04d}"

    def share(self, what: str, turn: int = 0) -> float:
        """A number in [0, 1) that belongs to this asset, `what` is drawn and how often before."""
        text = f"{self.seed}/{self.asset_class}/{self.number}/{what}/{turn}"
        return int.from_bytes(blake2b(text.encode(), digest_size=7).digest()) / 2.0**56

    def between(self, low: float, high: float, what: str, turn: int = 0) -> float:
        """Evenly from [low, high)."""
        return low + (high - low) * self.share(what, turn)

    def days(self, low: float, high: float, what: str, turn: int = 0) -> int:
        """Whole minutes, in seconds, between `low` and `high` days."""
        return round(self.between(low, high, what, turn) * 1_440) * 60

    def one_of(self, things: Sequence[_Thing], what: str, turn: int = 0) -> _Thing:
        """One of several."""
        return things[int(self.share(what, turn) * len(things))]


class Line(NamedTuple):
    """A fact before it has an id: `paper` is the kind of document that proves it."""

    at: int
    kind: FactKind
    source: str
    paper: str
    fields: Mapping[str, Any]


def line(at: int, kind: FactKind, source: str, paper: str, **fields: Any) -> Line:
    """Short for a Line; a field `until` is in seconds."""
    return Line(at, kind, source, paper, fields)


def written(line: Line, id: str, subject: Subject, start: datetime, recorded: int) -> Fact:
    """The line as a fact recorded at second `recorded`."""
    fields, valid_from = dict(line.fields), start + timedelta(seconds=line.at)
    if (until := fields.get("until")) is not None:
        fields["until"] = start + timedelta(seconds=until)
    return Fact(
        id=id,
        asset=subject.asset,
        asset_class=subject.asset_class,
        kind=line.kind,
        valid_from=valid_from,
        recorded_at=start + timedelta(seconds=recorded),
        source=line.source,
        document=f"{line.paper} {subject.code}-{valid_from:%y%m%d}",
        **fields,
    )
