// Names of ports, airports and stations as HTML on the map: only when zoomed in, and capped.

/* global maplibregl */

import { h } from "./dom.js";

const CAP = 60;
const FROM_ZOOM = {
  port: 4.5,
  airport: 5,
  forbidden: 3,
  yard: 7,
  depot: 10,
  terminal: 10,
  station: 11.5,
};

/** Keeps the labels of `zones` (GeoJSON) right for what `map` shows. */
export function labelPlaces(map, zones) {
  const places = zones.features.map(place).filter((one) => one.name && one.at);
  const markers = new Map();
  const refresh = () => {
    const wanted = new Set(inView(map, places));
    for (const [one, marker] of markers) {
      if (!wanted.has(one)) {
        marker.remove();
        markers.delete(one);
      }
    }
    for (const one of wanted) if (!markers.has(one)) markers.set(one, mark(map, one));
  };
  map.on("moveend", refresh);
  refresh();
}

function place({ properties, geometry }) {
  const { name, kind, lat, lon } = properties;
  return { name, kind, at: Number.isFinite(lat) ? [lon, lat] : middle(geometry) };
}

function middle(geometry) {
  if (geometry.type === "Point") return geometry.coordinates;
  const bounds = new maplibregl.LngLatBounds();
  for (const corner of geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : 2))
    bounds.extend(corner);
  return bounds.isEmpty() ? null : bounds.getCenter().toArray();
}

function inView(map, places) {
  const [bounds, zoom] = [map.getBounds(), map.getZoom()];
  return places
    .filter((one) => zoom >= (FROM_ZOOM[one.kind] ?? 8) && bounds.contains(one.at))
    .slice(0, CAP);
}

function mark(map, one) {
  const element = h("span", { class: `place ${one.kind}` }, one.name);
  return new maplibregl.Marker({ element, anchor: "left", offset: [8, 0] })
    .setLngLat(one.at)
    .addTo(map);
}
