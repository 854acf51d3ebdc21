"""Routes about assets: the fleet now, one asset, its track and its life."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from schemas.messages import AssetId
from services.api import places, views
from services.api.database import Database, database
from services.api.errors import documented, invalid, unknown_asset
from services.api.models import AssetDetail, Fleet, Life, Track, Zones
from services.api.parameters import AssetClassName, RequestTime, SearchText

router = APIRouter(prefix="/api", tags=["assets"], responses=documented(503))

Base = Annotated[Database, Depends(database)]
_REGIONS = ["title", "contract", "employment", "overlay"]
_TELEMETRY_REGIONS = ["movement", "visibility"]


@router.get("/fleet")
async def fleet(base: Base, limit: Annotated[int, Query(ge=1, le=50_000)] = 20_000) -> Fleet:
    """Every asset as it is known now, with its open alerts."""
    return await _fleet(base, None, None, limit)


@router.get("/assets")
async def assets(
    base: Base,
    asset_class: Annotated[AssetClassName | None, Query(alias="class")] = None,
    q: Annotated[SearchText | None, Query(description="part of id, name, lessee")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> Fleet:
    """The assets of a class, or those whose id, name or lessee holds a text."""
    return await _fleet(base, asset_class, q, limit)


async def _fleet(base: Database, asset_class: str | None, q: str | None, limit: int) -> Fleet:
    rows = await base.rows("fleet", asset_class=asset_class, q=q, since=None, limit=limit)
    return Fleet(assets=[views.fleet_asset(row) for row in rows])


@router.get("/assets/{asset}", responses=documented(404))
async def asset(base: Base, asset: AssetId) -> AssetDetail:
    """One asset: its papers, the state of every region, the lease in force, its newest values."""
    row = await base.row("asset", asset=asset)
    if row is None:
        raise unknown_asset(asset)
    lease = await base.row("lease", asset=asset, lease=row["lease"]) if row["lease"] else None
    regions = await base.rows("regions", asset=asset)
    return views.asset_detail(row, regions, lease, await base.rows("facts", asset=asset))


@router.get("/assets/{asset}/track", responses=documented(404))
async def track(
    base: Base,
    asset: AssetId,
    since: Annotated[RequestTime | None, Query(alias="from")] = None,
    until: Annotated[RequestTime | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=2, le=20_000)] = 2_000,
) -> Track:
    """Where it was, thinned evenly to `limit` points; by default its newest 24 hours."""
    if since and until and since > until:
        raise invalid("`from` is after `to`: swap them.")
    await _known(base, asset)
    rows = await base.rows("track", asset=asset, since=since, until=until, limit=limit)
    return views.track(asset, rows)


@router.get("/assets/{asset}/life", responses=documented(404))
async def life(
    base: Base,
    asset: AssetId,
    telemetry: Annotated[bool, Query(description="movement and visibility as well")] = False,
    known_by: Annotated[RequestTime | None, Query(description="as it was told by then")] = None,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5_000,
) -> Life:
    """Its transitions, and the facts that made none, from the order to today."""
    await _known(base, asset)
    regions = _REGIONS + (_TELEMETRY_REGIONS if telemetry else [])
    rows = await base.rows("life", asset=asset, regions=regions, known_by=known_by, limit=limit)
    return Life(entries=[views.life_entry(row) for row in rows])


async def _known(base: Database, asset: str) -> None:
    if await base.row("asset", asset=asset) is None:
        raise unknown_asset(asset)


@router.get("/zones")
async def zones() -> Zones:
    """Ports, airports, stations, depots and forbidden areas."""
    return places.zones()
