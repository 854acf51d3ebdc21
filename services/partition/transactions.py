"""The transactional producer of one partition: whoever starts it last is the owner."""

import asyncio
from collections.abc import Iterable, Mapping
from itertools import chain

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder

from schemas.topics import MAX_MESSAGE_BYTES
from services.partition.logic import Output, ServiceLine

_RETRY_BACKOFF_MS = 10
_MAX_BATCH_BYTES = 128 << 10
_AT_ONCE = 500

_Record = tuple[str, bytes, bytes | None, int | None]
"""Topic, key, value, and the partition when it is not the input's."""

_Place = tuple[str, int]


class Transactions:
    """Commits records and consumed offsets of one partition, all or nothing.

    Its transactional id is service and partition: starting it ends the previous owner's open
    transaction and makes every later attempt of that owner fail.
    """

    def __init__(self, line: ServiceLine, partition: int) -> None:
        self._line = line
        self._partition = partition
        self._producer = AIOKafkaProducer(
            bootstrap_servers=line.bootstrap_servers,
            transactional_id=f"{line.service}-{partition}",
            transaction_timeout_ms=int(line.transaction_timeout_s * 1000),
            retry_backoff_ms=_RETRY_BACKOFF_MS,
            max_batch_size=_MAX_BATCH_BYTES,
            max_request_size=MAX_MESSAGE_BYTES,
        )

    async def start(self) -> None:
        """Becomes the owner."""
        await self._producer.start()

    async def partitions_of(self, topic: str) -> int:
        """How many partitions a topic has; raises KafkaError when there is no such topic."""
        return len(await self._producer.partitions_for(topic))

    async def commit(
        self,
        outputs: Iterable[Output],
        state: Mapping[bytes, bytes | None],
        group_offsets: Mapping[str, int],
    ) -> None:
        """One transaction; raises KafkaError or TimeoutError, and then nobody may go on.

        `group_offsets`, next to read by topic, are told to the consumer group; there may be none.
        """
        states = ((self._line.state_topic, key, value, None) for key, value in state.items())
        async with asyncio.timeout(self._line.transaction_timeout_s):
            async with self._producer.transaction():
                sent = await self._send(chain(outputs, states))
                await self._tell(group_offsets)
                await asyncio.gather(*sent)

    async def _send(self, records: Iterable[_Record]) -> "list[asyncio.Future[object]]":
        """Packs them by partition: to send each by itself would cost twice as much."""
        sent, packs = list[asyncio.Future[object]](), dict[_Place, BatchBuilder]()
        for number, (topic, key, value, partition) in enumerate(records, 1):
            place = (topic, self._partition if partition is None else partition)
            pack = packs.get(place)
            if pack is None:
                pack = packs[place] = self._producer.create_batch()
            if pack.append(key=key, value=value, timestamp=None) is None:  # it is full
                sent.append(await self._send_pack(pack, place))
                pack = packs[place] = self._producer.create_batch()
                pack.append(key=key, value=value, timestamp=None)  # takes one of any size
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)  # many in a row would keep the event loop
        return sent + [await self._send_pack(pack, place) for place, pack in packs.items()]

    async def _send_pack(self, pack: BatchBuilder, place: _Place) -> "asyncio.Future[object]":
        topic, partition = place
        sent: asyncio.Future[object] = await self._producer.send_batch(
            pack, topic, partition=partition
        )
        sent.add_done_callback(_look_at)
        return sent

    async def _tell(self, group_offsets: Mapping[str, int]) -> None:
        if group_offsets:
            consumed = {
                TopicPartition(topic, self._partition): offset
                for topic, offset in group_offsets.items()
            }
            await self._producer.send_offsets_to_transaction(consumed, self._line.service)

    async def stop(self) -> None:
        """Lets go; what is left open is ended by the next owner."""
        await self._producer.stop()


def _look_at(sent: "asyncio.Future[object]") -> None:
    """Or asyncio complains that nobody has, where the transaction failed before its end."""
    if not sent.cancelled():
        sent.exception()
