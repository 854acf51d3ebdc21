"""A name for this worker that is unique on the host and the same after a restart.

The consumer group gives a known name its partitions back without a rebalance (static membership).
"""

import fcntl
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import TextIO

from services.settings import SettingError


@contextmanager
def instance_id(service: str) -> Iterator[str]:
    """`<service>-<host>-<n>` with the lowest n that no running worker of this host holds.

    Held by a lock on a file in the temporary directory, which the kernel lets go with the process.
    Raises SettingError when there can be no such file.
    """
    with ExitStack() as held:
        for number in count():
            lock = held.enter_context(_opened(_lock_file(service, number)))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.close()  # another worker holds it
        yield f"{service}-{socket.gethostname()}-{number}"


def _opened(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise SettingError(
            f"{path} cannot be opened ({error.strerror}), and a worker takes its name by it:"
            " make room there or let TMPDIR name a folder that can be written to."
        ) from error


def _lock_file(service: str, number: int) -> Path:
    return Path(tempfile.gettempdir()) / f"leasewatch-{service}-{number}.lock"
