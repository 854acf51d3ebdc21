"""Where this checkout keeps what it fetches or builds once; imported before everything else."""

import hashlib
import os
import shutil
from collections.abc import Iterable, MutableMapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

_COMPILED_FROM = ("schemas", "services/domain")
"""Folders of all sources whose functions and constants may end up in compiled code."""
_KEPT_BUILDS = 2


def cache_path() -> Path:
    """`.cache/leasewatch`, or where LEASEWATCH_CACHE says; perhaps not there yet."""
    return Path(os.environ.get("LEASEWATCH_CACHE") or CHECKOUT / ".cache" / "leasewatch").absolute()


def keep_compiled_code(environ: MutableMapping[str, str] = os.environ) -> None:
    """Tells numba where to keep machine code, before it is imported, and for which processor.

    numba looks for changes in the file of an entry point alone, so an edit anywhere in the kernel
    must lead to another folder.  The code is for any processor of the architecture: it is built at
    set-up, maybe on another host, and gives the same numbers everywhere.  Where nothing can be
    written, nothing is kept: NUMBA_CACHE_DIR is then empty and services.domain.compiled
    compiles at each start.
    """
    environ["NUMBA_CPU_NAME"], environ["NUMBA_CPU_FEATURES"] = "generic", ""
    environ["NUMBA_CACHE_DIR"] = str(_build_folder() or "")


def _build_folder() -> Path | None:
    """The writable folder of exactly these sources; the oldest ones of others are removed."""
    sources = (path for folder in _COMPILED_FROM for path in (CHECKOUT / folder).rglob("*.py"))
    of_checkout = cache_path() / "compiled" / _fingerprint([str(CHECKOUT).encode()])
    build = of_checkout / _fingerprint(
        part
        for path in sorted(sources)
        for part in (path.relative_to(CHECKOUT).as_posix().encode(), path.read_bytes())
    )
    try:
        if not build.exists():
            _forget_bytecode()
            build.mkdir(parents=True, exist_ok=True)
            _remove_old(of_checkout)
    except OSError:
        return None
    return build if os.access(build, os.W_OK | os.X_OK) else None


def _forget_bytecode() -> None:
    """Python takes an edit that leaves second and size as they were for the file it knows."""
    for folder in _COMPILED_FROM:
        for bytecode in (CHECKOUT / folder).rglob("__pycache__"):
            shutil.rmtree(bytecode, ignore_errors=True)


def _remove_old(folder: Path) -> None:
    """Two versions go on side by side while the line is restarted; more need not be kept."""
    newest_first = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[_KEPT_BUILDS:]:
        shutil.rmtree(old, ignore_errors=True)


def _fingerprint(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]
