"""Newline-delimited JSON, one Reading a line, checked strictly: line -> Reading or a reason.

`ingest_time` and `seq` may be absent: the time of intake and the line number stand in for them.
"""

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from schemas import ASSET_CLASSES, Reading, Rejected, UtcTime
from schemas.messages import Count
from services.ingest.lines import Line

MAX_LINE = 1 << 20
MAX_READING = 1_000_000
CLOCK_TOLERANCE = timedelta(seconds=60)
_MAX_RAW = 512 << 10

_REASONS = MappingProxyType(
    {
        "json_invalid": "not_json",
        "model_type": "not_an_object",
        "extra_forbidden": "unknown_field",
        "missing": "missing_field",
        "timezone_aware": "no_zone",
        "finite_number": "not_finite",
    }
)
_ORDER = ("json_invalid", "model_type", "timezone_aware", "finite_number", "extra_forbidden")


class _Incoming(Reading):
    ingest_time: UtcTime | None = None  # type: ignore[assignment]
    seq: Count | None = None  # type: ignore[assignment]


class _Refusal(ValueError):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def read_line(line: Line, source: str, received_at: datetime) -> Reading | Rejected | None:
    """Never raises; None for an empty line.  `source` names the feed in what is rejected."""
    if not line.raw.strip():
        return None
    try:
        return _read(line, received_at)
    except _Refusal as refusal:
        cut = f"; the first {_MAX_RAW} bytes are kept" if line.length > _MAX_RAW else ""
        return Rejected(
            id=f"{source}/{line.number}",
            source=source,
            position=line.number,
            received_at=received_at,
            reason=refusal.reason,
            detail=f"{refusal}{cut}",
            raw=line.raw[:_MAX_RAW],
        )


def _read(line: Line, received_at: datetime) -> Reading:
    if line.length > MAX_LINE:
        raise _Refusal("oversize_line", f"{line.length} bytes; a line has {MAX_LINE} at most")
    try:
        line.raw.decode()
    except UnicodeDecodeError as error:
        raise _Refusal("bad_utf8", f"byte {error.start} is no UTF-8: write JSON in UTF-8") from None
    try:
        incoming = _Incoming.model_validate_json(line.raw, strict=True, extra="forbid")
    except ValidationError as error:
        raise _explain(error) from None
    return _complete(incoming, line.number, received_at)


def _complete(incoming: _Incoming, number: int, received_at: datetime) -> Reading:
    if incoming.asset_class not in ASSET_CLASSES:
        known = ", ".join(sorted(ASSET_CLASSES))
        raise _Refusal("unknown_asset_class", f"asset_class is none of {known}")
    seq = number if incoming.seq is None else incoming.seq
    if incoming.ingest_time and incoming.ingest_time > received_at + CLOCK_TOLERANCE:
        raise _Refusal(
            "ingest_time_ahead",
            "ingest_time lies ahead of the clock here: leave it out, or mend the sender's clock",
        )
    stamped = {"seq": seq, "ingest_time": incoming.ingest_time or received_at}
    reading = Reading.model_construct(**{**incoming.__dict__, **stamped})
    size = len(reading.to_json())
    if size > MAX_READING:
        raise _Refusal("oversize_line", f"the reading has {size} bytes; {MAX_READING} at most")
    return reading


def _explain(error: ValidationError) -> _Refusal:
    errors = error.errors(include_url=False, include_input=False)
    first = min(errors, key=_rank)
    where = ".".join(str(part) for part in first["loc"])[:100]
    reason = _REASONS.get(first["type"], "bad_value")
    return _Refusal(reason, f"{where}: {first['msg']}" if where else str(first["msg"]))


def _rank(error: Any) -> int:
    return _ORDER.index(error["type"]) if error["type"] in _ORDER else len(_ORDER)
