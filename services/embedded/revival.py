"""Starts an embedded server again when it ends: on the same data, on the same port."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from services.embedded.errors import EmbeddedServerError
from services.embedded.process import Server

_MOST_ENDS = 3
_WITHIN_S = 60.0


class Revival:
    """Call `watch` a few times a second, from the main thread; `say` takes what people must know.

    A server that ends more than three times within a minute is given up.
    """

    def __init__(self, servers: Sequence[Server], say: Callable[[str], object]) -> None:
        self._servers = servers
        self._say = say
        self._ends_s: dict[str, list[float]] = defaultdict(list)

    def watch(self) -> None:
        """Returns when all servers answer; raises EmbeddedServerError when one cannot go on."""
        for server in self._servers:
            if server.has_ended():
                self._start_again(server)

    def _start_again(self, server: Server) -> None:
        noticed_s = time.monotonic()
        recent = [at_s for at_s in self._ends_s[server.name] if at_s > noticed_s - _WITHIN_S]
        self._ends_s[server.name] = [*recent, noticed_s]
        if len(recent) >= _MOST_ENDS:
            raise EmbeddedServerError(
                f"{server.name} ended {len(recent) + 1} times within a minute: see {server.log}."
            )
        server.start_again()
        took_s = time.monotonic() - noticed_s
        self._say(f"{server.name} ended, started again on the same data after {took_s:.1f} s.")
