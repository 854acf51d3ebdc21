"""Staff actions on their way into Kafka; what becomes of them comes back as alert changes."""

import asyncio
import contextlib
import logging

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas import Command
from services.api.command_targets import CommandTargets
from services.api.errors import Unavailable, Unconfirmed

logger = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_PAUSE_S = 1.0
_AWAY = "Kafka does not answer: the action was not taken down. Try again."
_UNCONFIRMED = (
    "Kafka does not answer: whether the action was taken down is not known. If it was, the alert "
    "shows it. A repeat with the same key is not done twice."
)


class Commands:
    """An idempotent producer that connects in the background and waits for every replica."""

    def __init__(self, bootstrap_servers: str, targets: CommandTargets) -> None:
        self._targets = targets
        self._bootstrap_servers = bootstrap_servers
        self._producer: AIOKafkaProducer | None = None
        self._connecting: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether Kafka has answered."""
        return self._producer is not None

    async def start(self) -> None:
        """Begins to connect; does not wait for the server."""
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """Leaves Kafka."""
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        if self._producer is not None:
            await self._producer.stop()

    async def send(self, command: Command) -> None:
        """Returns when the command is stored; raises 404 for an unknown asset or alert.

        Raises Unconfirmed when the command may still arrive, Unavailable when it surely does not.
        """
        await self._targets.check(command)
        if self._producer is None:
            raise Unavailable(_AWAY)
        key, value = command.asset.encode(), command.to_json()
        stored = None
        try:
            async with asyncio.timeout(_PATIENCE_S):
                stored = await self._producer.send("commands", value=value, key=key)
                await stored
        except (KafkaError, TimeoutError) as error:
            logger.warning("a command is not confirmed: %r", error)
            if stored is None:  # it is not in the producer's hands either
                raise Unavailable(_AWAY) from error
            raise Unconfirmed(_UNCONFIRMED) from error  # the producer goes on trying

    async def _connect(self) -> None:
        while True:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers, acks="all", enable_idempotence=True
            )
            try:
                await producer.start()
            except Exception as error:  # whatever it is: without this, no command goes out again
                if not isinstance(error, (KafkaError, OSError)):
                    logger.warning("cannot send commands, trying on: %r", error)
                await producer.stop()
                await asyncio.sleep(_PAUSE_S)
            else:
                self._producer = producer
                return
