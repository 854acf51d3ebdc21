"""What every message on the line has in common.

Messages are immutable facts in JSON, one object a message.  A reader ignores fields that it does
not know, so that adding an optional field is a compatible change; the edge of the line
(services.ingest) is strict and refuses them: there an unknown field is somebody else's typo.

Every value has its bounds here, and no door of the line has others:

    UtcTime      an instant from 1900 to 2199
    Int64        a whole number that a database's bigint holds; Count: from 0, Positive: from 1
    Name         what somebody called something: 1 to 256 characters, none of them a control
    Id           as a name, but made by the line out of others: up to 512 characters
    Text         free words, up to 4,000 characters
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
)

SCHEMA_VERSION = 1

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""The first and the last instant that anything on the line may be dated at."""

MAX_INT = 2**63 - 1
MAX_NAME = 256
"""Characters of a name: a source, a channel, a rule, a lease."""
MAX_ID = 2 * MAX_NAME
"""Characters of an id; at four bytes each, PostgreSQL still indexes it (it takes 2,704 bytes)."""
MAX_TEXT = 4_000

NAME_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]*$"
"""No control character: a name is one line of text, on a page, in a log and in a database."""
ASSET_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"
MAX_ASSET = 64

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def to_utc(time: datetime) -> datetime:
    """The same instant with UTC as its zone.

    Raises ValueError when `time` is naive or not between EARLIEST and LATEST.
    """
    if time.tzinfo is None:
        raise ValueError("time has no zone: write it in RFC 3339 with Z or an offset")
    # compared before it is turned: beyond the calendar's edge there is no such time in UTC
    if not EARLIEST <= time <= LATEST:
        raise ValueError("time is out of bounds: it must lie in the years 1900 to 2199, UTC")
    return time.astimezone(UTC)


def clamp(time: datetime) -> datetime:
    """The aware `time`, or the bound that it is beyond."""
    return min(max(time, EARLIEST), LATEST)


def is_name(text: str) -> bool:
    """Whether `text` is a Name."""
    return 0 < len(text) <= MAX_NAME and _CONTROLS.search(text) is None


def format_time(time: datetime) -> str:
    """RFC 3339 in UTC with microseconds only where there are any: `2026-01-02T03:04:05Z`."""
    return to_utc(time).isoformat().replace("+00:00", "Z")


_parse: Callable[[str], datetime] = TypeAdapter(datetime).validate_python


def _read_time(time: Any) -> Any:
    """Refuses a number as a time: whether it is seconds or milliseconds is a guess."""
    if isinstance(time, int | float) or (isinstance(time, str) and time[4:5] != "-"):
        raise ValueError("time is no RFC 3339: write it as 2026-01-02T03:04:05Z")
    return _parse(time) if isinstance(time, str) else time


UtcTime = Annotated[
    AwareDatetime,
    BeforeValidator(_read_time),
    AfterValidator(to_utc),
    PlainSerializer(format_time, return_type=str, when_used="json"),
]

Int64 = Annotated[int, Field(ge=-MAX_INT - 1, le=MAX_INT)]
Count = Annotated[int, Field(ge=0, le=MAX_INT)]
Positive = Annotated[int, Field(ge=1, le=MAX_INT)]

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=NAME_PATTERN)]
Id = Annotated[str, Field(max_length=MAX_ID, pattern=NAME_PATTERN)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]

AssetId = Annotated[str, Field(min_length=1, max_length=MAX_ASSET, pattern=ASSET_PATTERN)]
Latitude = Annotated[float, Field(description="degrees, WGS-84", allow_inf_nan=False)]
Longitude = Annotated[float, Field(description="degrees, WGS-84", allow_inf_nan=False)]


class Message(BaseModel):
    """A frozen record with a schema version; subclasses add the fields."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    version: Positive = SCHEMA_VERSION

    def to_json(self) -> bytes:
        """The bytes that go into Kafka: absent optional values are left out."""
        return self.model_dump_json(exclude_none=True).encode()
