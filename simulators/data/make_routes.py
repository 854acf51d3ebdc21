"""Writes `routes.json`: sea routes between the ports of `schemas/zones.json`, both ways.

Run from the repository's root: `python -m simulators.data.make_routes`.  The routes keep clear of
the Bab-el-Mandeb, as owners do today; the few marked `forbidden` go through it, for the faults.
"""

import json
from pathlib import Path

import numpy as np
import searoute

from schemas.zones import Zone, load_zones

SEED = 20261123
ROUTES_PER_PORT = 3
MIN_KM, MAX_KM = 300.0, 22_000.0
KEEP_CLEAR_OF = ["northwest", "babalmandab"]
FORBIDDEN_PAIRS = (("SAJED", "OMSLL"), ("OMSLL", "SAJED"), ("SAJED", "AEJEA"), ("INNSA", "SAJED"))
OUT = Path(__file__).with_name("routes.json")


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


def main() -> None:
    """Computes every route and its way back and writes them."""
    ports = {zone.id: zone for zone in load_zones() if zone.kind == "port"}
    rows = []
    for origin, end in choose_pairs(list(ports)):
        points = simplify(sea_route(ports[origin], ports[end], KEEP_CLEAR_OF))
        if MIN_KM <= length_km(points) <= MAX_KM:
            rows.append({"from": origin, "to": end, "forbidden": False, "points": points})
            rows.append({"from": end, "to": origin, "forbidden": False, "points": points[::-1]})
    for origin, end in FORBIDDEN_PAIRS:
        points = simplify(sea_route(ports[origin], ports[end], ["northwest"]))
        rows.append({"from": origin, "to": end, "forbidden": True, "points": points})
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    OUT.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
