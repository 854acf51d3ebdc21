"""The application: routes, error shape, background feeds, and the page."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from services.api import alerts, docs_page, errors, events, fleet, health
from services.api.command_targets import CommandTargets
from services.api.commands import Commands
from services.api.database import Database
from services.api.events import AlertFeed, Hub
from services.api.health import HeartbeatFeed
from services.api.middleware import middleware
from services.api.parameters import check_request
from services.settings import Settings

PAGE = Path(__file__).parent / "page"
_DESCRIPTION = "Where every leased asset is, who has it, and what is wrong with it."


def create_app(settings: Settings) -> FastAPI:
    """The application for these servers; connects when it is started, not before."""
    app = FastAPI(
        title="Leasewatch",
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        responses=errors.documented(413, 422, 500),
        dependencies=[Depends(check_request)],
        middleware=middleware(),
        redirect_slashes=False,
    )
    app.state.hub = Hub()
    app.state.database = Database(settings.database_url)
    app.state.alert_feed = AlertFeed(app.state.hub, settings.bootstrap_servers)
    targets = CommandTargets(app.state.database, app.state.alert_feed)
    app.state.commands = Commands(settings.bootstrap_servers, targets)
    app.state.heartbeat_feed = HeartbeatFeed(settings.bootstrap_servers)
    errors.install(app)
    for router in (fleet.router, alerts.router, events.router, health.router):
        app.include_router(router)
    app.add_api_route("/docs", docs, include_in_schema=False, response_class=HTMLResponse)
    # not a mount, which would take every path and answer 405 without saying what is allowed
    app.router.default = StaticFiles(directory=PAGE, html=True, check_dir=False)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    await state.database.open()
    await state.commands.start()
    tasks = [
        asyncio.create_task(state.alert_feed.run()),
        asyncio.create_task(state.heartbeat_feed.run()),
        asyncio.create_task(events.follow_fleet(state.hub, state.database)),
        asyncio.create_task(events.ping(state.hub)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await state.commands.stop()
        await state.database.close()


async def docs(request: Request) -> HTMLResponse:
    """The reference as a page."""
    return HTMLResponse(docs_page.render(request.app.openapi()))
