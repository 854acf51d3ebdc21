// The map of the fleet: one point source for all assets, redrawn when something has visibly moved.

/* global maplibregl */

import { baseStyle, refine } from "./basemap.js";
import { reducedMotion } from "./dom.js";
import * as fleet from "./fleet.js";
import { addIcons, iconName } from "./icons.js";
import { addLayers, EMPTY } from "./layers.js";
import { labelPlaces } from "./places.js";
import { rank } from "./words.js";

const EDGE = 48;
const VISIBLE_PX = 0.6; // less than that nobody sees, so the source is left alone
const FRAME_MS = 80;

let map;
let shown = new Set(["ship", "aircraft", "metro"]);
let selected = null;
let dirty = true;
let drawnAt = 0;
let padding = { top: EDGE, bottom: EDGE, left: EDGE, right: EDGE };

/**
 * Makes the map in `container`; resolves when it can draw.  `pick(id)` is told of clicks,
 * `say(about, sentence)` of what is missing.  Throws an Error with a sentence when it cannot draw.
 */
export async function open(container, pick, hover, say) {
  if (!document.createElement("canvas").getContext("webgl2"))
    throw new Error("this browser offers no WebGL 2, which the map is drawn with.");
  maplibregl.setWorkerUrl("vendor/maplibre-gl/dist/maplibre-gl-csp-worker.js");
  map = new maplibregl.Map({
    container,
    style: await baseStyle(say),
    center: [20, 25],
    zoom: 1.4,
    minZoom: 0.6,
    maxZoom: 17,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    renderWorldCopies: true,
    refreshExpiredTiles: false,
  });
  map.touchZoomRotate.disableRotation();
  await map.once("load");
  addIcons(map);
  addLayers(map);
  listen(pick, hover);
  map.on("webglcontextlost", () =>
    say("graphics", "The browser took the map's graphics away; it comes back by itself."),
  );
  map.on("webglcontextrestored", () => say("graphics", null));
  refine(map, say);
  requestAnimationFrame(tick);
}

function listen(pick, hover) {
  map.on("click", (event) => {
    const found = nearest(event.point);
    if (found) pick(found);
  });
  map.on("mousemove", (event) => {
    const found = nearest(event.point);
    map.getCanvas().style.cursor = found ? "pointer" : "";
    hover(found, event.point);
  });
  map.on("mouseout", () => hover(null));
  map.on("moveend", () => {
    dirty = true;
  });
}

/** The asset under a point of the screen, the one drawn on top first. */
function nearest({ x, y }) {
  const box = [
    [x - 6, y - 6],
    [x + 6, y + 6],
  ];
  const [found] = map.queryRenderedFeatures(box, { layers: ["fleet"] });
  return found?.properties.asset ?? null;
}

/** Says that assets, severities or filters changed. */
export function touch() {
  dirty = true;
}

function tick(time) {
  if (time - drawnAt >= FRAME_MS && (dirty || (!reducedMotion() && movedInView(time)))) {
    dirty = false;
    drawnAt = time;
    map.getSource("fleet").setData(features(time));
  }
  requestAnimationFrame(tick);
}

function features(time) {
  const list = [];
  for (const asset of fleet.all()) {
    if (!shown.has(asset.asset_class) || !fleet.located(asset)) continue;
    asset.drawn = reducedMotion() ? [asset.lon, asset.lat] : fleet.place(asset, time);
    list.push(feature(asset));
  }
  return { type: "FeatureCollection", features: list };
}

function feature(asset) {
  const severity = fleet.severityOf(asset.asset);
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: asset.drawn },
    properties: {
      asset: asset.asset,
      course: asset.course_deg ?? 0,
      rank: severity ? rank(severity) : 0,
      icon: iconName(asset.asset_class, severity, fleet.silent(asset)),
    },
  };
}

/** Has any asset in view moved as far as the eye can see since it was drawn? */
function movedInView(time) {
  const bounds = map.getBounds();
  const degrees = (VISIBLE_PX * 360) / (512 * 2 ** map.getZoom());
  for (const asset of fleet.all()) {
    if (!asset.glide || !asset.drawn || !bounds.contains(asset.drawn)) continue;
    const [lon, lat] = fleet.place(asset, time);
    if (Math.abs(lon - asset.drawn[0]) > degrees || Math.abs(lat - asset.drawn[1]) > degrees)
      return true;
  }
  return false;
}

/** Shows only these classes. */
export function show(classes) {
  shown = new Set(classes);
  touch();
}

/** Room that the panel takes from the map, in pixels on the right. */
export function setPanelWidth(width) {
  padding = { ...padding, right: EDGE + width };
}

/** Brings these assets into view together. */
export function fit(assets, maxZoom = 12) {
  const bounds = new maplibregl.LngLatBounds();
  for (const asset of assets) if (fleet.located(asset)) bounds.extend([asset.lon, asset.lat]);
  if (!bounds.isEmpty())
    map.fitBounds(bounds, { padding, maxZoom, duration: reducedMotion() ? 0 : 700 });
}

/** Marks an asset; with `go` also brings it into view. */
export function select(id, go) {
  selected = id;
  map.setFilter("selected", ["==", ["get", "asset"], id ?? ""]);
  const asset = fleet.get(id);
  if (!go || !asset || !fleet.located(asset)) return;
  const near = { ship: 6, aircraft: 5.5, metro: 12 }[asset.asset_class] ?? 6;
  map.easeTo({
    center: [asset.lon, asset.lat],
    zoom: Math.max(map.getZoom(), near),
    padding,
    duration: reducedMotion() ? 0 : 800,
  });
}

/** Draws the track of the selected asset; null takes it away. */
export const drawTrack = (track) => map.getSource("track").setData(track ?? EMPTY);

/** Zooms by one step. */
export const zoom = (step) => (step > 0 ? map.zoomIn() : map.zoomOut());

/** Puts the zones and the names of places on the map. */
export function showZones(zones) {
  map.getSource("zones").setData(zones);
  labelPlaces(map, zones);
}
