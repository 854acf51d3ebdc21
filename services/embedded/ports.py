"""Free ports of the loopback interface."""

import random
import socket
from contextlib import ExitStack

from services.embedded.errors import EmbeddedServerError

HOST = "127.0.0.1"

_CHOICE = range(20_000, 32_000)
"""Below the ports that Linux lends to outgoing connections: a client that retries against a
server that is down could otherwise be lent that very port, and the server could not come back."""


def free_ports(count: int) -> list[int]:
    """Distinct ports that nobody holds now."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            port = random.choice(_CHOICE)
            candidate = held.enter_context(_socket())
            if _binds(candidate, port):
                found.append(port)
    return found


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with _socket() as candidate:
        return _binds(candidate, port)


def require_free(name: str, port: int) -> None:
    """Raises EmbeddedServerError when another program holds the port."""
    if not is_free(port):
        raise EmbeddedServerError(
            f"{name} could not start, port {port} of {HOST} is taken: stop the program that "
            "holds it, or choose another port."
        )


def is_open(port: int) -> bool:
    """Whether something listens there."""
    with _socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((HOST, port)) == 0


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Connections of a server that has just ended linger; they do not hold its port.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return sock


def _binds(sock: socket.socket, port: int) -> bool:
    try:
        sock.bind((HOST, port))
    except OSError:
        return False
    return True
