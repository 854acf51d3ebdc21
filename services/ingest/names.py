"""The name of a feed: checked where it comes in, so that no message of it is refused later."""

from pathlib import Path

from schemas.messages import MAX_NAME, is_name
from services.settings import SettingError

_ROOM = 48
"""`<name>:<mark of the content>/<number of the line>` names a message, and is a name itself."""
_FILE_CHARACTERS = 64


def checked(name: str) -> str:
    """`name` itself; raises SettingError when no feed may be called so."""
    longest = MAX_NAME - _ROOM
    if len(name) > longest or not is_name(name):
        raise SettingError(
            f"--source {ascii(name)[:80]} is no name: give 1 to {longest} characters, "
            "none of them a line feed or another control."
        )
    return name


def of_file(kind: str, path: str) -> str:
    """The name of a feed that nobody named: its kind and its file's name."""
    letters = Path(path).name[:_FILE_CHARACTERS]
    return f"{kind}:" + "".join(c if c.isprintable() else "_" for c in letters)
