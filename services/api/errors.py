"""One JSON shape for every error: {"error": {"code", "message"}}; the message says what to do."""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from services.api.headers import SAFETY
from services.api.models import Error, ErrorBody

logger = logging.getLogger(__name__)

_CODES: Mapping[int, str] = MappingProxyType(
    {
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
        415: "not_json",
        422: "invalid",
    }
)
_MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        404: "There is no such asset or alert.",
        413: "The body is larger than 64 KiB.",
        415: "The body is not sent as application/json.",
        422: "A parameter or the body is not as documented; the message says what to write.",
        500: "The API failed in an unexpected way; its log says how.",
        503: "A server behind the API does not answer; the message says what that means.",
    }
)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The entries of these errors in the OpenAPI document."""
    return {s: {"model": Error, "description": _MEANINGS[s]} for s in statuses}


DATABASE_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.UndefinedTable,  # not migrated yet
    PoolTimeout,
)


class Unavailable(Exception):
    """A server that the request needs does not answer; `str` is the sentence."""

    code = "unavailable"


class Unconfirmed(Unavailable):
    """Nor is it known whether the request was carried out."""

    code = "unconfirmed"


def not_found(what: str) -> HTTPException:
    """404 with a sentence."""
    return HTTPException(404, what)


def invalid(what: str) -> HTTPException:
    """422 with a sentence."""
    return HTTPException(422, what)


def unknown_asset(asset: str) -> HTTPException:
    """404 for an asset that nobody has told the line of."""
    return not_found(f"No asset {asset!r} is known: take an id out of /api/assets.")


def answer(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The one shape."""
    body = Error(error=ErrorBody(code=code, message=message))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Gives every error of `app` the one shape."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Unavailable, _unavailable)
    for away in DATABASE_AWAY:
        app.add_exception_handler(away, _no_database)
    app.add_exception_handler(psycopg.DataError, _unusable)
    app.add_exception_handler(Exception, _unexpected)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # the framework's word for a body that it could not parse
        return answer(422, "invalid", "The body cannot be read: send JSON in UTF-8.")
    code = _CODES.get(error.status_code, "error")
    headers = dict(error.headers or {})
    if "GET" in headers.get("Allow", ""):
        headers["Allow"] = "GET, HEAD"  # every route for GET answers HEAD
    return answer(error.status_code, code, str(error.detail), headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return answer(422, "invalid", f"{where}: {first['msg'].removeprefix('Value error, ')}")


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Unavailable)
    return answer(503, error.code, str(error))


async def _no_database(_request: Request, error: Exception) -> JSONResponse:
    logger.info("the database does not answer: %s", type(error).__name__)
    message = "The database does not answer; alerts still arrive at /api/events. Try again."
    return answer(503, "database_unavailable", message)


async def _unusable(_request: Request, _error: Exception) -> JSONResponse:
    return answer(422, "invalid", "A value in the request cannot be looked up: correct it.")


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error", exc_info=error)
    # answered outside of our middleware
    message = "The API failed in an unexpected way; its log says how."
    return answer(500, "internal", message, {**SAFETY, "Cache-Control": "no-store"})
