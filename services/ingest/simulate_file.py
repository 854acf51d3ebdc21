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
from services.ingest.simulate import Portion, Simulation, Span, portions
from services.ingest.workers import pipe, workers
from services.settings import SettingError

STDOUT = "-"

Line = tuple[int, int | str, bytes]
"""Second of arrival, place among what arrives in it, and the message.

A fact of the past stands at the second, below 0, from which it held, by its id.
"""

_in_order = itemgetter(0, 1)


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
            lines = blocks[0] if len(blocks) == 1 else sorted(chain(*blocks), key=_in_order)
            write_lines(lines, pace, out)


def write_lines(lines: list[Line], pace: Pace, out: BinaryIO) -> None:
    """Writes a block, each second when it is due."""
    if not pace.speed:
        out.write(_text(lines))
        return
    for second, due in groupby(lines, itemgetter(0)):
        time.sleep(max(0.0, pace.ahead_s(second)))
        out.write(_text(list(due)))
        out.flush()


def _text(lines: list[Line]) -> bytes:
    return b"".join([value + b"\n" for _, _, value in lines])


@contextmanager
def _streams(
    simulation: Simulation, start: datetime, span: Span
) -> Iterator[Sequence[Iterator[list[Line]]]]:
    """What each worker tells, block by block; a single one works in this process."""
    if simulation.workers == 1:
        yield [lines(simulation, start, span)]
        return
    with ExitStack() as stack:
        ends = [pipe(duplex=False) for _ in range(simulation.workers)]
        told = [(sender, simulation, start, span, n) for n, (_, sender) in enumerate(ends)]
        stack.enter_context(workers(_tell, told))
        for _, sender in ends:
            sender.close()  # ours: the worker's own is the last, so that its end is noticed
        yield [_heard(stack.enter_context(receiver)) for receiver, _ in ends]


def lines(
    simulation: Simulation, start: datetime, span: Span, part: int = 0
) -> Iterator[list[Line]]:
    """The past, when the span begins with the world, and then the lines of each block."""
    world = simulation.world(start, part)
    if span.since == 0:
        yield sorted(_past(world.facts(), start))
    yield from map(told, portions(world, span))


def told(portion: Portion) -> list[Line]:
    """The lines of a portion: all but its ticks."""
    emissions = portion.emissions
    return [(at, place, value) for at, place, topic, _, value in emissions if topic != "ticks"]


def _past(facts: Iterable[Fact], start: datetime) -> Iterator[Line]:
    for fact in facts:
        yield int((fact.valid_from - start).total_seconds()), fact.id, fact.to_json()


def _tell(
    sender: Connection, simulation: Simulation, start: datetime, span: Span, part: int
) -> None:
    for block in lines(simulation, start, span, part):
        sender.send(block)
    sender.send(None)


def _heard(receiver: Connection) -> Iterator[list[Line]]:
    while True:
        try:
            block = receiver.recv()
        except EOFError:
            raise RuntimeError("a worker ended before its work was done") from None
        if block is None:
            return
        yield block
