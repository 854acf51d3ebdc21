"""What every message on the line has in common.

Messages are immutable facts in JSON, one object a message.  A reader ignores fields that it does
not know, so that adding an optional field is a compatible change; the edge of the line
(services.ingest) is strict and refuses them: there an unknown field is somebody else's typo.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

SCHEMA_VERSION = 1


def to_utc(time: datetime) -> datetime:
    """The same instant with UTC as its zone; raises ValueError when `time` is naive."""
    if time.tzinfo is None:
        raise ValueError("time has no zone: write it in RFC 3339 with Z or an offset")
    return time.astimezone(UTC)


def format_time(time: datetime) -> str:
    """RFC 3339 in UTC with microseconds only where there are any: `2026-01-02T03:04:05Z`."""
    return to_utc(time).isoformat().replace("+00:00", "Z")


UtcTime = Annotated[
    AwareDatetime,
    AfterValidator(to_utc),
    PlainSerializer(format_time, return_type=str, when_used="json"),
]

AssetId = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")
]
Latitude = Annotated[float, Field(description="degrees, WGS-84", allow_inf_nan=False)]
Longitude = Annotated[float, Field(description="degrees, WGS-84", allow_inf_nan=False)]


class Message(BaseModel):
    """A frozen record with a schema version; subclasses add the fields."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    version: int = Field(default=SCHEMA_VERSION, ge=1)

    def to_json(self) -> bytes:
        """The bytes that go into Kafka: absent optional values are left out."""
        return self.model_dump_json(exclude_none=True).encode()
