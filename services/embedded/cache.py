"""What is fetched or built once and kept: `.cache/leasewatch`, or where LEASEWATCH_CACHE says."""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from services.folders import CHECKOUT as CHECKOUT
from services.folders import cache_path


def cache_dir() -> Path:
    """The cache folder, made if missing."""
    folder = cache_path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fingerprint(*pins: bytes) -> str:
    """A short name for exactly these inputs."""
    return hashlib.sha256(b"\0".join(pins)).hexdigest()[:12]


def cached(name: str, build: Callable[[Path], None]) -> Path:
    """The folder `name` in the cache; `build` fills it once, and two processes never at once.

    It appears under its name only when it is complete, so an interrupted build leaves no half.
    """
    wanted = cache_dir() / name
    if wanted.exists():
        return wanted
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with (cache_dir() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            _build(wanted, build)
    return wanted


def _build(wanted: Path, build: Callable[[Path], None]) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=f"{wanted.name}.", dir=wanted.parent))
    try:
        build(unfinished)
        unfinished.chmod(0o755)  # other users may share the cache
        unfinished.rename(wanted)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
