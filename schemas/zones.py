"""Places that matter: ports, airports, stations' terminals, depots and forbidden areas.

The places themselves are data in `zones.json` beside this file; a circle is left only 1 km beyond
its radius for ports (Global Fishing Watch: enter at 3 km, leave at 4 km), `margin_km` elsewhere.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

ZoneKind = Literal["port", "airport", "terminal", "station", "depot", "yard", "forbidden"]


class Zone(BaseModel):
    """A circle, or a closed polygon of (lat, lon) corners; degrees WGS-84, kilometres."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="UN/LOCODE, IATA code or a name of ours; unique")
    name: str
    kind: ZoneKind
    country: str | None = Field(default=None, description="ISO 3166 alpha-2")
    lat: float
    lon: float
    radius_km: float = Field(gt=0, description="of the circle, or of one that holds the polygon")
    margin_km: float = Field(default=0.0, ge=0, description="leaving counts this much further out")
    polygon: tuple[tuple[float, float], ...] = ()
    why: str | None = Field(default=None, description="forbidden zones: the ground for it")


@cache
def load_zones() -> tuple[Zone, ...]:
    """Every zone of the data file, ordered as there; ValidationError says what is wrong in it."""
    text = (Path(__file__).parent / "zones.json").read_bytes()
    return TypeAdapter(tuple[Zone, ...]).validate_json(text)
