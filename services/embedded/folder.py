"""A folder that only one process at a time may use."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.embedded.errors import EmbeddedServerError


@contextmanager
def held(folder: Path, name: str, kind: str) -> Iterator[None]:
    """Holds the folder, which must exist; the kernel lets go of it when we end.

    Raises EmbeddedServerError when another one of its `kind` holds it.
    """
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedServerError(
                f"{name} could not start, {folder} is used by another {kind}: "
                "stop that one first, or choose another folder."
            ) from None
        yield
