"""Pure counting: what should be there, what is there, what is missing and what is there twice."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Tally:
    """The count of one kind of record at its origin and at its destination."""

    produced: int
    stored: int
    lost: int
    duplicated: int

    def as_dict(self) -> dict[str, int]:
        """For the report."""
        return asdict(self)


def tally(origin: Iterable[Hashable], destination: Iterable[Hashable]) -> Tally:
    """Compares two bags of identities; an identity seen again in either of them is a duplicate."""
    produced, stored = Counter(origin), Counter(destination)
    repeated = (produced.total() - len(produced)) + (stored.total() - len(stored))
    return Tally(
        produced=len(produced),
        stored=len(stored),
        lost=len(produced.keys() - stored.keys()),
        duplicated=repeated + len(stored.keys() - produced.keys()),
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
