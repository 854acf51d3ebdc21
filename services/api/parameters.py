"""What a request may say: times, classes and texts, each refused with a sentence that says how."""

import re
from typing import Annotated, Any

from fastapi import HTTPException, Request
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from schemas import ASSET_CLASSES, Id, Text, UtcTime
from schemas.messages import NAME_PATTERN

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _only_rfc3339(value: Any) -> Any:
    """Numbers are refused: of 2020, a year and 34 minutes after 1970 are both likely meanings."""
    if isinstance(value, str) and _RFC3339.fullmatch(value):
        return value
    raise ValueError(
        "write a time in RFC 3339 with its zone, as in 2026-01-31T08:00:00Z "
        "(in an address, the + of an offset is %2B)"
    )


_TIME_SCHEMA = {
    "type": "string",
    "format": "date-time",
    "pattern": "^(19|20|21)[0-9]{2}-",
    "description": "RFC 3339 with its zone, in the years 1900 to 2199 of UTC",
}
RequestTime = Annotated[UtcTime, BeforeValidator(_only_rfc3339), WithJsonSchema(_TIME_SCHEMA)]


def _only_declared(name: str) -> str:
    if name not in ASSET_CLASSES:
        raise ValueError(f"there is no such class: write one of {', '.join(ASSET_CLASSES)}")
    return name


AssetClassName = Annotated[
    str,
    AfterValidator(_only_declared),
    WithJsonSchema({"type": "string", "enum": list(ASSET_CLASSES)}),
]

AlertName = Annotated[Id, Field(min_length=1)]
SearchText = Annotated[str, Field(max_length=128, pattern=NAME_PATTERN)]
Note = Annotated[Text, Field(pattern=r"^[^\x00]*$")]


def check_request(request: Request) -> None:
    """FastAPI dependency of every route: each parameter is known and given once, bodies are JSON.

    A misspelt filter must not give everything; a body of another type may be a foreign page's form.
    """
    known = {field.alias for field in request.scope["route"].dependant.query_params}
    given = [name for name, _ in request.query_params.multi_items()]
    if unknown := sorted(set(given) - known):
        hint = f"known are {', '.join(sorted(known))}" if known else "there are none"
        raise HTTPException(422, f"There is no parameter {unknown[0]!r} here: {hint}.")
    if len(given) > len(set(given)):
        raise HTTPException(422, "A parameter is given twice: give it once.")
    if request.method == "POST":
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise HTTPException(415, "Send the body as JSON, with Content-Type: application/json.")
