"""What holds for every request and answer, whatever the route: pure ASGI, outermost first.

AnswerHeaders  what a browser may do with an answer, and how long it may keep it
HeadAsGet      HEAD is GET without the body, also for the stream that never ends
(gzip)         Starlette's; it leaves the stream of events alone
BodyLimit      no body is longer than any of our commands can be
"""

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api import errors
from services.api.headers import AnswerHeaders

MAX_BODY_BYTES = 64 << 10
_TOO_LARGE = f"The body is too large: send at most {MAX_BODY_BYTES:,} bytes."


class _Answered(Exception):
    """The head is out: nothing more of the answer is wanted."""


class HeadAsGet:
    """Lets every route for GET answer HEAD, and ends it where its body would begin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                await send({"type": "http.response.body", "body": b""})
                raise _Answered

        try:
            await self._app({**scope, "method": "GET"}, receive, send_head)
        except* _Answered:
            pass


class BodyLimit:
    """Refuses a body by its announced length, or where it has become too long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
            await errors.answer(413, "too_large", _TOO_LARGE)(scope, receive, send)
            return
        received_bytes = 0

        async def receive_limited() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > MAX_BODY_BYTES:
                raise HTTPException(413, _TOO_LARGE)
            return message

        await self._app(scope, receive_limited, send)


def middleware() -> list[Middleware]:
    """All of them, outermost first."""
    return [
        Middleware(AnswerHeaders),
        Middleware(HeadAsGet),
        Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        Middleware(BodyLimit),
    ]
