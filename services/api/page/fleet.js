// The fleet as the page knows it: the newest report of every asset, and where to draw it now.

import { instant, seen } from "./time.js";

const assets = new Map();
const worst = new Map(); // asset -> worst severity of its open alerts, kept by the queue

let queueIsWhole = false;

const MAX_GLIDE_MS = 5000;

export const get = (id) => assets.get(id);
export const all = () => assets.values();
export const size = () => assets.size;
export const nameOf = (id) => assets.get(id)?.name || id;

/** The worst severity of an asset's open alerts; where the queue is not whole, as last read. */
export const severityOf = (id) =>
  worst.get(id) ?? (queueIsWhole ? null : (assets.get(id)?.worst_severity ?? null));

/** Shortest way from one longitude to another, so that nothing glides round the world. */
const turn = (from, to) => ((to - from + 540) % 360) - 180;

/** Where the asset is drawn at `time` (performance.now): on its way to the newest report. */
export function place(asset, time) {
  const part = asset.glide ? Math.min(1, (time - asset.since) / asset.glide) : 1;
  if (part >= 1) return [asset.lon, asset.lat];
  return [
    asset.from[0] + part * turn(asset.from[0], asset.lon),
    asset.from[1] + part * (asset.lat - asset.from[1]),
  ];
}

/** Takes rows of `/api/fleet` or of a `fleet` event: whole ones, a null takes its value away. */
export function update(rows, time, glide) {
  for (const row of rows) {
    const before = assets.get(row.asset);
    const late = before && older(row, before);
    assets.set(
      row.asset,
      late ? { ...before, ...row, ...motion(before) } : merged(before, row, time, glide),
    );
    seen(instant(row.time));
  }
}

/** Takes the whole fleet; what is no longer in it goes. */
export function replace(rows, time) {
  const listed = new Set(rows.map((row) => row.asset));
  for (const id of assets.keys()) if (!listed.has(id)) assets.delete(id);
  update(rows, time, 0);
}

const MOTION = ["time", "lat", "lon", "course_deg", "speed", "from", "since", "glide", "arrived"];
const motion = (asset) => Object.fromEntries(MOTION.map((name) => [name, asset[name]]));

// Late data enters history on the server; it never moves the map backwards.
const older = (row, before) => row.time && before.time && instant(row.time) < instant(before.time);

function merged(before, row, time, glide) {
  const after = { ...before, ...row };
  if (!before || before.lat === null || before.lat === undefined || !glide) {
    return { ...after, glide: 0 };
  }
  const moved = before.lat !== after.lat || before.lon !== after.lon;
  if (!moved) return after;
  const since = before.arrived ? time - before.arrived : glide;
  return {
    ...after,
    from: place(before, time),
    since: time,
    arrived: time,
    glide: Math.min(MAX_GLIDE_MS, Math.max(glide, since)),
  };
}

/** Takes the worst open severity per asset from the queue; `whole`: it holds every open alert. */
export function setSeverities(severities, whole) {
  queueIsWhole = whole;
  worst.clear();
  for (const [asset, severity] of severities) worst.set(asset, severity);
}

export const located = (asset) => Number.isFinite(asset.lat) && Number.isFinite(asset.lon);

/** Not heard as expected: drawn hollow. */
export const silent = (asset) => Boolean(asset.visibility) && asset.visibility !== "VISIBLE";

/** Assets whose name or id holds the text; those that begin with it first. */
export function find(text, limit) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  for (const asset of assets.values()) {
    const where = `${asset.name ?? ""} ${asset.asset}`.toLowerCase().indexOf(wanted);
    if (where >= 0) found.push([where, asset]);
  }
  found.sort((a, b) => a[0] - b[0] || nameOf(a[1].asset).localeCompare(nameOf(b[1].asset)));
  return found.slice(0, limit).map(([, asset]) => asset);
}

/** Whether the stream told of an asset that no list has introduced yet. */
export const hasStranger = () => [...assets.values()].some((asset) => !asset.asset_class);

/** How many assets of each class there are, of those that fit. */
export function counts(fits = () => true) {
  const count = {};
  for (const asset of assets.values())
    if (fits(asset)) count[asset.asset_class] = (count[asset.asset_class] ?? 0) + 1;
  return count;
}

const NEAR_DEG = 1;

/** Groups of assets of a class that lie near each other (a metro's city), the largest first. */
export function groups(assetClass) {
  const found = [];
  for (const asset of assets.values()) {
    if (asset.asset_class !== assetClass || !located(asset)) continue;
    const group = found.find(
      ([first]) =>
        Math.abs(first.lat - asset.lat) < NEAR_DEG &&
        Math.abs(turn(first.lon, asset.lon)) < NEAR_DEG,
    );
    if (group) group.push(asset);
    else found.push([asset]);
  }
  return found.sort((a, b) => b.length - a.length);
}
