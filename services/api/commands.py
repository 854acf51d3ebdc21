"""Staff actions on their way into Kafka; what becomes of them comes back as alert changes."""

import asyncio
import contextlib
import logging

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas import Command
from services.api.command_targets import CommandTargets
from services.api.errors import Unavailable

logger = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_PAUSE_S = 1.0
_AWAY = "Kafka does not answer: the action was not taken down. Try again."


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
        """Returns when the command is stored; raises Unavailable when that cannot be said.

        Raises 404 for a command that names an unknown asset or alert.
        """
        await self._targets.check(command)
        if self._producer is None:
            raise Unavailable(_AWAY)
        key, value = command.asset.encode(), command.to_json()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._producer.send_and_wait("commands", value=value, key=key)
        except (KafkaError, TimeoutError) as error:
            logger.warning("a command was not sent: %s", error)
            raise Unavailable(_AWAY) from error

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
