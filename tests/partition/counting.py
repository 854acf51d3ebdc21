"""A service that counts records by key, as small as a PartitionLogic can be, and its process."""

import asyncio
import json
import logging
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from services.partition import Output, Record, ServiceLine, StepResult
from services.partition.driver import run_group

POISON = b"poison"


def counting_line(bootstrap_servers: str, name: str) -> ServiceLine:
    """Topics NAME-in, NAME-state, NAME-out, NAME-rejected; checkpoints every second."""
    return ServiceLine(
        name, bootstrap_servers, (f"{name}-in",), f"{name}-state", f"{name}-rejected", 1.0
    )  # fmt: skip


class Counting:
    """Says for each record which one of its key it is; chokes on POISON after counting it."""

    def __init__(self, line: ServiceLine) -> None:
        self._topic, self._out = line.inputs[0], f"{line.service}-out"
        self.next_offset, self.counts = 0, Counter[str]()
        self.stepped: list[int] = []

    def load(self, records: Mapping[bytes, bytes]) -> Mapping[str, int]:
        self.next_offset, counts = json.loads(records.get(b"counts", b"[0, {}]"))
        self.counts = Counter(counts)
        return {self._topic: self.next_offset}

    def step(self, records: Sequence[Record]) -> StepResult:
        outputs = [self._count(record) for record in records]
        self.next_offset = records[-1].offset + 1
        return StepResult(outputs, {})

    def checkpoint(self) -> dict[bytes, bytes | None]:
        return {b"counts": json.dumps([self.next_offset, self.counts]).encode()}

    def _count(self, record: Record) -> Output:
        key, value = record.key or b"", record.value or b""
        self.counts[key.decode()] += 1
        self.stepped.append(record.offset)
        if value == POISON:
            raise ValueError("poison")
        said = [value.decode(), record.offset, self.counts[key.decode()]]
        return Output(self._out, key, json.dumps(said).encode())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    _, bootstrap_servers, name, instance = sys.argv
    line = counting_line(bootstrap_servers, name)
    asyncio.run(run_group(line, lambda partition: Counting(line), instance))
