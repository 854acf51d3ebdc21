"""Pure counting: what should be there, what is there, what is missing and what is there twice."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Tally:
    """The count of one kind of record at its origin and at its destination.

    `unexplained` stands at the destination alone: its origin is gone (topics are kept for days or
    weeks, the database for ever), or it was written between the two counts.
    """

    produced: int
    stored: int
    lost: int
    duplicated: int
    unexplained: int = 0

    def as_dict(self) -> dict[str, int]:
        """For the report."""
        return asdict(self)


def tally(origin: Iterable[Hashable], destination: Iterable[Hashable]) -> Tally:
    """Compares two bags of identities; one that is seen again in either of them is a duplicate."""
    produced, stored = Counter(origin), Counter(destination)
    repeated = (produced.total() - len(produced)) + (stored.total() - len(stored))
    return Tally(
        produced=len(produced),
        stored=len(stored),
        lost=len(produced.keys() - stored.keys()),
        duplicated=repeated,
        unexplained=len(stored.keys() - produced.keys()),
    )


def owed(due: Iterable[Hashable], given: Iterable[Hashable]) -> Tally:
    """As `tally`, where nothing but what is due may be there: an extra one is a duplicate."""
    counted = tally(due, given)
    repeated = counted.duplicated + counted.unexplained
    return replace(counted, duplicated=repeated, unexplained=0)


def heard(
    identities: Iterable[Hashable], records: Iterable[Hashable]
) -> tuple[list[Hashable], int]:
    """What a feed told, and how often it repeated itself.

    A feed that tells of a reading again tells it with another time of intake: that is no duplicate
    of ours.  The same record, byte for byte, is one: its identity is given again.
    """
    copies = Counter(zip(identities, records, strict=True))
    ours = [identity for (identity, _), count in copies.items() for _ in range(count - 1)]
    once = {identity for identity, _ in copies}
    return [*once, *ours], len(copies) - len(once)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
