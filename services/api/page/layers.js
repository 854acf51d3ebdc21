// What lies on the base map, bottom to top: zones, the track, the selection, the fleet.

export const EMPTY = { type: "FeatureCollection", features: [] };

/** Adds the sources and layers that the page draws into. */
export function addLayers(map) {
  for (const name of ["zones", "track", "fleet"]) {
    map.addSource(name, { type: "geojson", data: EMPTY, tolerance: 0.1 });
  }
  map.addLayer({
    id: "zone-tint",
    type: "fill",
    source: "zones",
    filter: FORBIDDEN,
    paint: { "fill-color": "#ff7a59", "fill-opacity": 0.07 },
  });
  map.addLayer({
    id: "zone-hatch",
    type: "fill",
    source: "zones",
    filter: FORBIDDEN,
    paint: { "fill-pattern": "hatch" },
  });
  map.addLayer({
    id: "zone-edge",
    type: "line",
    source: "zones",
    filter: FORBIDDEN,
    paint: { "line-color": "#ff7a59", "line-width": 1, "line-dasharray": [3, 2] },
  });
  map.addLayer({
    id: "place-edge",
    type: "line",
    source: "zones",
    minzoom: 6,
    filter: ["!=", ["get", "kind"], "forbidden"],
    paint: { "line-color": "#4f6a80", "line-width": 1, "line-dasharray": [2, 2] },
  });
  map.addLayer({
    id: "track",
    type: "line",
    source: "track",
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": "#5fb3c8", "line-width": 2, "line-opacity": 0.85 },
  });
  map.addLayer({
    id: "selected",
    type: "circle",
    source: "fleet",
    filter: ["==", ["get", "asset"], ""],
    paint: {
      "circle-radius": 22,
      "circle-color": "#5fb3c8",
      "circle-opacity": 0.16,
      "circle-stroke-color": "#8fd6e8",
      "circle-stroke-width": 1.5,
    },
  });
  map.addLayer(FLEET_LAYER);
}

const FORBIDDEN = ["==", ["get", "kind"], "forbidden"];
const FLEET_LAYER = {
  id: "fleet",
  type: "symbol",
  source: "fleet",
  layout: {
    "icon-image": ["get", "icon"],
    "icon-rotate": ["get", "course"],
    "icon-rotation-alignment": "map",
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
    "symbol-sort-key": ["get", "rank"],
    "icon-size": ["interpolate", ["linear"], ["zoom"], 1, 0.5, 4, 0.66, 8, 0.9, 12, 1.05],
  },
};
