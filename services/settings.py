"""Where the servers are and a few operational settings, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from services.announcement import announced_servers


class SettingError(ValueError):
    """A setting is missing or unreadable; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """What a service needs to know; built in the console script and passed down."""

    bootstrap_servers: str
    database_url: str
    api_host: str = "127.0.0.1"
    api_port: int = 8080
    checkpoint_s: float = 10.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Reads KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL, LEASEWATCH_*; raises SettingError.

        Without the first two, the servers of a line that runs on this machine are taken.
        """
        named = environ.get("KAFKA_BOOTSTRAP_SERVERS") and environ.get("DATABASE_URL")
        servers = environ if named else {**announced_servers(), **environ}
        return cls(
            bootstrap_servers=_required(servers, "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
            database_url=_required(servers, "DATABASE_URL", "postgresql://me@127.0.0.1/leasewatch"),
            api_host=environ.get("LEASEWATCH_API_HOST", cls.api_host),
            api_port=int(_number(environ, "LEASEWATCH_API_PORT", cls.api_port)),
            checkpoint_s=_number(environ, "LEASEWATCH_CHECKPOINT_S", cls.checkpoint_s),
        )


def _required(environ: Mapping[str, str], name: str, example: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingError(
            f"{name} is not set: set it, for example to {example}, or run `leasewatch demo` or "
            "`leasewatch up --data FOLDER`, which start servers of their own."
        )
    return value


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    value = environ.get(name)
    try:
        return default if value is None else float(value)
    except ValueError:
        raise SettingError(f"{name} is {value!r}: write a number.") from None
