"""A name for this worker that is unique on the host and the same after a restart.

The consumer group gives a known name its partitions back without a rebalance (static membership).
"""

import fcntl
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path


@contextmanager
def instance_id(service: str) -> Iterator[str]:
    """`<service>-<host>-<n>` with the lowest n that no running worker of this host holds.

    Held by a lock on a file in the temporary directory, which the kernel lets go with the process.
    """
    for number in count():
        with suppress(OSError), _lock_file(service, number).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield f"{service}-{socket.gethostname()}-{number}"
            return


def _lock_file(service: str, number: int) -> Path:
    return Path(tempfile.gettempdir()) / f"leasewatch-{service}-{number}.lock"
