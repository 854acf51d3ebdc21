"""`leasewatch api`: the HTTP interface and the page."""

import signal

import uvicorn
from fastapi import FastAPI

from services.api.app import create_app
from services.settings import Settings

_GRACE_S = 1


def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, app)
    # uvicorn raises the signal once more when it has ended: that must not end us with an error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    server.run()


class _Server(uvicorn.Server):
    """Ends the streams of events first: they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, *args: object, **kwargs: object) -> None:
        """As uvicorn does it, after every listening client was let go."""
        self._app.state.hub.close()
        await super().shutdown(*args, **kwargs)  # type: ignore[arg-type]
