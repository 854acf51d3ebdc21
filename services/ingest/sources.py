"""The name of a source: what kind it is, which file, and the start of its content's SHA-256.

So the same content goes on where an earlier run was stopped, and adds nothing when all is in.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from schemas.messages import MAX_NAME, is_name
from services.settings import SettingError

STDIN = "-"
_DIGEST_CHARACTERS = 8
_NAME_CHARACTERS = 64
_MAX_SOURCE = MAX_NAME - 24
"""`<source>/<number of the line>` names what came from it, and is a name as well."""


def source_name(kind: str, path: str, given: str | None) -> str:
    """The name that was given, else the file's own; raises SettingError if it cannot be one."""
    name = given if given is not None else f"{kind}:{file_name(path)}"
    return checked(name)


def source_of_content(name: str, path: str) -> str:
    """`name` and what tells the content from others'; raises SettingError as `source_name`."""
    return checked(f"{name}:{_mark(path)}")


def checked(name: str) -> str:
    """`name` itself; raises SettingError with what to do if no feed may be called so."""
    if len(name) <= _MAX_SOURCE and is_name(name):
        return name
    shown = ascii(name if len(name) <= _NAME_CHARACTERS else f"{name[:_NAME_CHARACTERS]}...")
    raise SettingError(
        f"the source's name {shown} cannot be used: give 1 to {_MAX_SOURCE} characters, none of "
        "them a control or half a pair, by --source."
    )


def file_name(path: str) -> str:
    """The file's name without its folder, of bounded length."""
    return "stdin" if path == STDIN else Path(path).name[:_NAME_CHARACTERS]


def _mark(path: str) -> str:
    if path == STDIN:  # cannot be read twice: each run is a source of its own
        return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:_DIGEST_CHARACTERS]
