"""The data file of places loads, and no place in it can confuse the line."""

from collections import Counter

import pytest

from schemas.zones import Zone, load_zones

ZONES = load_zones()


def test_every_kind_of_place_is_there() -> None:
    kinds = Counter(zone.kind for zone in ZONES)
    assert kinds["port"] >= 40 and kinds["airport"] >= 40 and kinds["station"] >= 14
    assert kinds["terminal"] == 2 * kinds["depot"] and kinds["yard"] and kinds["forbidden"] >= 4


def test_ids_are_unique() -> None:
    assert max(Counter(zone.id for zone in ZONES).values()) == 1


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.id)
def test_the_place_is_on_the_globe_and_of_a_sensible_size(zone: Zone) -> None:
    for lat, lon in ((zone.lat, zone.lon), *zone.polygon):
        assert -80 < lat < 80 and -180 <= lon <= 180
    if zone.kind == "port":
        assert 3 <= zone.radius_km <= 8 and zone.margin_km == 1
    assert zone.kind != "forbidden" or zone.why


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone.polygon], ids=lambda zone: zone.id)
def test_a_polygon_is_closed_and_lies_in_its_circle(zone: Zone) -> None:
    assert len(zone.polygon) > 3 and zone.polygon[0] == zone.polygon[-1]
    for lat, lon in zone.polygon:
        km_north, km_east = 111.2 * (lat - zone.lat), 111.2 * (lon - zone.lon)
        assert abs(km_north) <= zone.radius_km and abs(km_east) <= 1.4 * zone.radius_km
