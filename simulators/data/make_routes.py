"""Writes `routes.json`: sea routes between the ports of `schemas/zones.json`, both ways.

Run from the repository's root: `python -m simulators.data.make_routes`.  The routes keep clear of
every forbidden area, as owners do today.  Ships that wait for orders sail round on a `waiting`
track along the edge of such an area.
"""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import searoute

from schemas.zones import Zone, load_zones
from simulators.geo import measured, wrap_lon
from simulators.zones import inside

SEED = 20261123
ROUTES_PER_PORT, NEIGHBOURS = 3, 2
NEIGHBOUR_KM = 120.0
YARD_PORTS = 4
SHARPEST_COS = -0.2
MIN_KM, MAX_KM = 300.0, 22_000.0
KEEP_CLEAR_OF = ["northwest", "babalmandab"]
# Two corners (lat, lon) on the edge of a forbidden area, with the open sea to the right-hand side.
EDGES = (
    ("WAR-RED-SEA-SOUTH", (18.0, 40.2), (18.0, 39.3)),
    ("WAR-GULF-OF-ADEN", (13.5, 51.4), (14.2, 51.4)),
    ("WAR-LIBYA", (33.4, 14.9), (33.8, 12.9)),
)
NEAR_M, FAR_M = 500.0, 4_500.0
OUT = Path(__file__).with_name("routes.json")
MEASURES = OUT.with_name("route_measures.json")


def sea_route(origin: Zone, end: Zone, keep_clear_of: list[str]) -> list[list[float]]:
    """Corner points (lat, lon), degrees, longitude unwrapped across the date line."""
    route = searoute.searoute(
        [origin.lon, origin.lat], [end.lon, end.lat],
        restrictions=keep_clear_of, append_orig_dest=True,
    )  # fmt: skip
    lons, lats = np.array(route["geometry"]["coordinates"]).T
    return [[round(float(lat), 4), round(float(lon), 4)]
            for lat, lon in zip(lats, np.unwrap(lons, period=360), strict=True)]  # fmt: skip


def simplify(points: list[list[float]], tolerance_deg: float = 0.004) -> list[list[float]]:
    """Douglas-Peucker: the fewest corners that stay within `tolerance_deg` of the line."""
    line = np.array(points)
    span = line[-1] - line[0]
    length = float(np.hypot(*span)) or 1.0
    off = np.abs(span[0] * (line[:, 1] - line[0, 1]) - span[1] * (line[:, 0] - line[0, 0])) / length
    far = int(off.argmax())
    if len(points) < 3 or off[far] <= tolerance_deg:
        return [points[0], points[-1]]
    return simplify(points[: far + 1])[:-1] + simplify(points[far:])


def without_hairpins(points: list[list[float]]) -> list[list[float]]:
    """The route without the corners at which no ship would turn so sharply."""
    line = list(points)
    place = 1
    while place < len(line) - 1:
        (lat_a, lon_a), (lat_b, lon_b), (lat_c, lon_c) = line[place - 1 : place + 2]
        narrow = np.cos(np.radians(lat_b))
        before = np.array([(lon_b - lon_a) * narrow, lat_b - lat_a])
        after = np.array([(lon_c - lon_b) * narrow, lat_c - lat_b])
        sharp = before @ after < SHARPEST_COS * np.hypot(*before) * np.hypot(*after)
        if sharp:
            del line[place]
        place = max(place - 1, 1) if sharp else place + 1
    return line


def length_km(points: list[list[float]]) -> float:
    """Length of a line of (lat, lon) corners by the equirectangular approximation."""
    lat, lon = np.array(points).T
    east = np.diff(lon) * np.cos(np.radians((lat[1:] + lat[:-1]) / 2))
    return float(111.195 * np.hypot(np.diff(lat), east).sum())


def choose_pairs(ports: list[str]) -> list[tuple[str, str]]:
    """A ring through all ports, so that none is a dead end, and some more of each port."""
    rng = np.random.default_rng(SEED)
    ring = [ports[i] for i in rng.permutation(len(ports))]
    pairs = set(zip(ring, ring[1:] + ring[:1], strict=True))
    for port in ports:
        others = [other for other in ports if other != port]
        pairs |= {(port, others[i]) for i in rng.choice(len(others), ROUTES_PER_PORT - 1)}
    return sorted({(min(pair), max(pair)) for pair in pairs})


def neighbours(places: list[Zone], others: list[Zone], count: int) -> set[tuple[str, str]]:
    """Pairs of each place with the `count` nearest others that are some way off."""
    pairs = set()
    for place in places:
        far = {other.id: length_km([[place.lat, place.lon], [other.lat, other.lon]])
               for other in others if other.id != place.id}  # fmt: skip
        near = sorted((km, name) for name, km in far.items() if km >= NEIGHBOUR_KM)[:count]
        pairs |= {(min(place.id, name), max(place.id, name)) for _, name in near}
    return pairs


def clear(points: list[list[float]]) -> bool:
    """Whether a route keeps out of every forbidden area."""
    dense = [np.linspace(a, b, 40) for a, b in pairwise(np.array(points))]
    lat, lon = np.concatenate(dense).T
    return not any(inside(zone, lat, wrap_lon(lon)).any()
                   for zone in load_zones() if zone.kind == "forbidden")  # fmt: skip


def waiting_track(a: tuple[float, float], b: tuple[float, float]) -> list[list[float]]:
    """A closed track along the edge `a` to `b`, outside it, from the middle of the near side."""
    east, north = (b[1] - a[1]) * np.cos(np.radians(a[0])), b[0] - a[0]
    length = np.hypot(east, north)
    right = np.array([-east, north / np.cos(np.radians(a[0]))]) / length / 111_195
    middle = (np.array(a) + np.array(b)) / 2
    corners = [(middle, NEAR_M), (b, NEAR_M), (b, FAR_M), (a, FAR_M), (a, NEAR_M), (middle, NEAR_M)]
    return [np.round(np.array(place) + right * off, 5).tolist() for place, off in corners]


def voyages(zones: dict[str, Zone]) -> Iterator[dict[str, object]]:
    """Routes between ports, and from some ports to the yards, and their ways back."""
    ports = [zone for zone in zones.values() if zone.kind == "port"]
    yards = [zone for zone in zones.values() if zone.kind == "yard"]
    drawn = choose_pairs([port.id for port in ports])
    near = neighbours(ports, ports, NEIGHBOURS) | neighbours(yards, ports, YARD_PORTS)
    for origin, end in [*drawn, *sorted(near - set(drawn))]:
        corners = simplify(sea_route(zones[origin], zones[end], KEEP_CLEAR_OF))
        points = without_hairpins(corners)
        least_km = NEIGHBOUR_KM if (origin, end) in near else MIN_KM
        if least_km <= length_km(points) <= MAX_KM and clear(points):
            yield {"from": origin, "to": end, "kind": "sea", "points": points}
            yield {"from": end, "to": origin, "kind": "sea", "points": points[::-1]}


def main() -> None:
    """Computes every route and writes them."""
    zones = {zone.id: zone for zone in load_zones()}
    rows = list(voyages(zones))
    for area, a, b in EDGES:
        points = waiting_track(a, b)
        rows.append({"from": area, "to": area, "kind": "waiting", "points": points})
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    OUT.write_text(f"[\n{lines}\n]\n")
    write_measures()


def write_measures() -> None:
    """Length in metres and number of points of each route once rounded, as `Tracks` needs them."""
    rows = json.loads(OUT.read_bytes())
    lines = ",\n".join(json.dumps(measured(row["points"])) for row in rows)
    MEASURES.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
