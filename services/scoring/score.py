"""Scores one table after the other, each by detectors that know nothing yet."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from services.domain.detectors.scores import Detectors, ScoreSettings
from services.scoring.files import TableError, opened, write_scores, written

logger = logging.getLogger(__name__)

Output = Literal["alert", "level"]


class Pair(NamedTuple):
    """What is read, and what is written."""

    source: Path
    target: Path


def score_file(pair: Pair, output: Output, settings: ScoreSettings) -> int:
    """Writes the scores of a table, and returns how many; raises TableError, and writes nothing."""
    count = 0
    with opened(pair.source) as table, written(pair.target) as file:
        file.write("timestamp,score\n")
        detectors = Detectors.new(1, len(table.channels), settings)
        for block in table.blocks():
            scores = detectors.take(np.zeros(len(block.hours), np.int64), block.values, block.hours)
            write_scores(
                file, block.timestamps, scores.alert if output == "alert" else scores.level
            )
            count += len(block.timestamps)
    return count


def score_all(
    pairs: Iterable[Pair], output: Output, settings: ScoreSettings, say: Callable[[str], None]
) -> int:
    """Scores all that can be scored, says what cannot and why, and returns how many those are."""
    failed = 0
    for pair in pairs:
        try:
            score_file(pair, output, settings)
        except TableError as error:
            failed += 1
            say(str(error))
        except Exception as error:  # whatever one file does to us, the others are scored
            failed += 1
            logger.debug("%s", pair.source, exc_info=True)
            say(f"{pair.source} cannot be scored: {type(error).__name__}: {error}.")
    return failed


def read_list(path: Path) -> list[Pair]:
    """The pairs of a list: a line each, what is read, a tab, what is written; # begins a remark."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"the list {path} cannot be read: {error}.") from error
    pairs = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        source, tab, target = line.partition("\t")
        if not tab or not source.strip() or not target.strip() or "\t" in target:
            raise TableError(
                f"{path}, line {number}: write the input, a tab, the output; it is {line[:80]!r}."
            )
        pairs.append(Pair(Path(source.strip()), Path(target.strip())))
    return pairs
