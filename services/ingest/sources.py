"""The name of a source: what kind it is, which file, and the start of its content's SHA-256.

So the same content goes on where an earlier run was stopped, and adds nothing when all is in.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from schemas import Tick
from services.settings import SettingError

STDIN = "-"
_DIGEST_CHARACTERS = 8
_NAME_CHARACTERS = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def source_name(kind: str, path: str, given: str | None) -> str:
    """The name that was given, else the file's own; raises SettingError if it cannot be one."""
    name = given if given is not None else f"{kind}:{file_name(path)}"
    return checked(name)


def source_of_content(name: str, path: str) -> str:
    """`name` and what tells the content from others'; raises SettingError as `source_name`."""
    return checked(f"{name}:{_mark(path)}")


def checked(name: str) -> str:
    """`name` as the schemas allow it; raises SettingError with what to do."""
    try:
        name.encode()
        return Tick(source=name, ingest_time=_EPOCH).source
    except UnicodeEncodeError:
        flaw = "it holds bytes that are no UTF-8"
    except ValidationError as error:
        flaw = error.errors(include_url=False, include_input=False)[0]["msg"]
    shown = repr(name if len(name) <= _NAME_CHARACTERS else f"{name[:_NAME_CHARACTERS]}...")
    raise SettingError(
        f"the source's name {shown} cannot be used ({flaw}): give a short, plain one by --source."
    )


def file_name(path: str) -> str:
    """The file's name without its folder, of bounded length."""
    return "stdin" if path == STDIN else Path(path).name[:_NAME_CHARACTERS]


def _mark(path: str) -> str:
    if path == STDIN:  # cannot be read twice: each run is a source of its own
        return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:_DIGEST_CHARACTERS]
