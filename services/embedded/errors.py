"""The one error of the embedded servers, and what a server's log says about the cause."""

from pathlib import Path


class EmbeddedServerError(RuntimeError):
    """A server could not be started; the message is one sentence that says what to do."""


_CAUSES = (
    ("No space left on device", "the disk that holds {folder} is full: free some space"),
    ("Address already in use", "port {port} is taken: stop the program that holds it"),
    ("Failed to acquire lock on file", "{folder} is used by another server: stop that one first"),
    ('lock file "postmaster.pid"', "{folder} is used by another server: stop that one first"),
)
"""What the servers write when they give up -> what it means to the person who reads it."""

_UNKNOWN = "its data may be damaged: delete {folder} if they may go, else see {log} ({last})"


def explain(name: str, *, folder: Path, port: int, log: Path, written: str) -> EmbeddedServerError:
    """The error for a server that ended while it started, judged by what it has `written`."""
    hint = next((hint for sign, hint in _CAUSES if sign in written), _UNKNOWN)
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    last = lines[-1].rstrip(".")[:160] if lines else "which is empty"
    detail = hint.format(folder=folder, port=port, log=log, last=last)
    return EmbeddedServerError(f"{name} could not start, {detail}.")
