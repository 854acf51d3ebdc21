"""Messages on their way to Kafka, batched by partition in the order in which they came."""

from functools import lru_cache
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from schemas import TOPICS

_partition = DefaultPartitioner()


class Place(NamedTuple):
    """One partition of a topic."""

    topic: str
    partition: int


@lru_cache(maxsize=1 << 17)
def place_of(topic: str, key: bytes) -> Place:
    """Where Kafka's default partitioner puts a key; it costs more than all else, so it is kept."""
    numbers = list(range(TOPICS[topic].partitions))
    return Place(topic, _partition(key, numbers, numbers))


class Batches:
    """The batches of one transaction; `count` is how many messages they hold.

    A batch is encoded while messages come and sent as it stands, which costs an eighth of sending
    them one by one.
    """

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self.count = 0
        self._producer = producer
        self._filled: list[tuple[Place, BatchBuilder]] = []
        self._open: dict[Place, BatchBuilder] = {}

    def add(self, place: Place, key: bytes, value: bytes, created_ms: int) -> None:
        """Appends a message; `created_ms` is Kafka's create time, milliseconds since 1970."""
        self.count += 1
        batch = self._open.get(place)
        if batch is None or not batch.append(timestamp=created_ms, key=key, value=value):
            batch = self._open[place] = self._producer.create_batch()
            self._filled.append((place, batch))
            batch.append(timestamp=created_ms, key=key, value=value)  # the first always fits

    async def send(self) -> None:
        """Sends all inside the producer's open transaction; raises KafkaError when one fails."""
        sent = []
        try:
            for place, batch in self._filled:
                sent.append(
                    await self._producer.send_batch(batch, place.topic, partition=place.partition)
                )
            for future in sent:
                await future
        except BaseException:
            for future in sent:  # the one error is raised; asyncio need not tell of each batch's
                future.add_done_callback(lambda f: f.cancelled() or f.exception())
            raise
