"""A simulated world into a file: one message a line, as it would be in Kafka, without the ticks.

Several workers simulate a share of the feeds each; their lines are merged by the world's own order,
(second, place), so that the file is the same for any number of them.
"""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime
from itertools import chain, groupby
from multiprocessing.connection import Connection
from operator import itemgetter
from typing import BinaryIO

from schemas import Fact
from services.ingest.pace import Pace
from services.ingest.simulate import Simulation, Span, portions
from services.ingest.workers import pipe, workers
from services.settings import SettingError

STDOUT = "-"

Message = tuple[int, int, str, str, bytes]
"""As an Emission: second, place, topic, key, value.  A fact of the past is at the second, below 0,
from which it held."""

_in_order = itemgetter(0, 1, 3)


def run(simulation: Simulation, path: str) -> None:
    """Writes the part that is asked for to `path` ('-': stdout); raises SettingError."""
    try:
        out = nullcontext(sys.stdout.buffer) if path == STDOUT else open(path, "wb")  # noqa: SIM115
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror}.") from error
    with out as stream:
        write(simulation, stream)


def write(simulation: Simulation, out: BinaryIO) -> None:
    """Writes the part that is asked for, each second when it is due."""
    start = simulation.start()
    span = simulation.span(start)
    pace = Pace(simulation.speed, span.since, time.time())
    with _streams(simulation, start, span) as streams:
        for blocks in zip(*streams, strict=True):
            merged = blocks[0] if len(blocks) == 1 else sorted(chain(*blocks), key=_in_order)
            write_block(merged, pace, out)


def write_block(block: Sequence[Message], pace: Pace, out: BinaryIO) -> None:
    """Writes a line for each message, each second when it is due."""
    if not pace.speed:
        out.write(_lines(block))
        return
    for second, due in groupby(block, itemgetter(0)):
        time.sleep(max(0.0, pace.ahead_s(second)))
        out.write(_lines(due))
        out.flush()


def _lines(block: Iterable[Message]) -> bytes:
    values = [value for _, _, topic, _, value in block if topic != "ticks"]
    return b"\n".join([*values, b""])


@contextmanager
def _streams(
    simulation: Simulation, start: datetime, span: Span
) -> Iterator[Sequence[Iterator[Sequence[Message]]]]:
    """What each worker tells, block by block; a single one works in this process."""
    if simulation.workers == 1:
        yield [_blocks(simulation, start, span)]
        return
    with ExitStack() as stack:
        ends = [pipe(duplex=False) for _ in range(simulation.workers)]
        given = [(sender, simulation, start, span, n) for n, (_, sender) in enumerate(ends)]
        stack.enter_context(workers(_tell, given))
        for _, sender in ends:
            sender.close()  # ours: the worker's own is the last, so that its end is noticed
        yield [_heard(stack.enter_context(receiver)) for receiver, _ in ends]


def _blocks(
    simulation: Simulation, start: datetime, span: Span, part: int = 0
) -> Iterator[Sequence[Message]]:
    """The past, when the span begins with the world, and then each block."""
    world = simulation.world(start, part)
    if span.since == 0:
        yield sorted(_past(world.facts(), start), key=_in_order)
    for portion in portions(world, span):
        yield portion.emissions


def _past(facts: Iterable[Fact], start: datetime) -> Iterator[Message]:
    for fact in facts:
        second = int((fact.valid_from - start).total_seconds())
        yield second, 0, "facts", fact.asset, fact.to_json()


def _tell(
    sender: Connection, simulation: Simulation, start: datetime, span: Span, part: int
) -> None:
    for block in _blocks(simulation, start, span, part):
        sender.send([tuple(message) for message in block])  # quicker to pickle than Emissions
    sender.send(None)


def _heard(receiver: Connection) -> Iterator[Sequence[Message]]:
    while True:
        try:
            block = receiver.recv()
        except EOFError:
            raise RuntimeError("a worker ended before its work was done") from None
        if block is None:
            return
        yield block
