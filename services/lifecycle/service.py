"""Runs the lifecycle service until SIGTERM or SIGINT."""

import asyncio
import logging
import tempfile
import time

import faust
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.lifecycle.app import build_app
from services.lifecycle.logic import MODELS
from services.partition import ServiceLine
from services.partition.instance import instance_id
from services.settings import Settings

logger = logging.getLogger(__name__)

SERVICE = "lifecycle"
_RETRY_S, _LOG_EVERY_S = 1.0, 60.0


def lifecycle_line(bootstrap_servers: str) -> ServiceLine:
    """What the service reads and writes."""
    return ServiceLine(
        service=SERVICE,
        bootstrap_servers=bootstrap_servers,
        inputs=tuple(MODELS),
        state_topic="lifecycle-state",
    )


def run(settings: Settings) -> None:
    """Blocks; ends the process with exit code 70 when a partition is lost to another worker."""
    for name in ("faust", "mode"):
        logging.getLogger(name).setLevel(logging.WARNING)
    asyncio.run(_wait_for_kafka(settings.bootstrap_servers))
    with tempfile.TemporaryDirectory() as data_dir, instance_id(SERVICE) as instance:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        app = build_app(lifecycle_line(settings.bootstrap_servers), data_dir, instance)
        worker = faust.Worker(
            app, loop=loop, override_logging=False, redirect_stdouts=False, quiet=True
        )
        worker.spinner = None  # it would write terminal codes into the log
        worker.execute_from_commandline()


async def _wait_for_kafka(bootstrap_servers: str) -> None:
    said_s = -_LOG_EVERY_S
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
        try:
            await admin.start()
            return
        except KafkaError as error:
            if time.monotonic() >= said_s + _LOG_EVERY_S:
                logger.warning("Kafka does not answer, trying on: %s", error)
                said_s = time.monotonic()
            await asyncio.sleep(_RETRY_S)
        finally:
            await admin.close()
