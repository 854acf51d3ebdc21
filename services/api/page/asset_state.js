// The head of the asset panel: headline, object state, lease, identity, regions, last position.

import { h } from "./dom.js";
import * as fleet from "./fleet.js";
import { ago, instant, stamp } from "./time.js";
import { CLASS_NAMES, OBJECT_STATES, plain, quantity, sentence } from "./words.js";

/** The section of `/api/assets/{asset}`. */
export function stateSection(asset) {
  const live = fleet.get(asset.asset) ?? asset;
  return [
    h(
      "div",
      { class: "headline" },
      h(
        "b",
        { class: "headline-state" },
        sentence(plain(asset.headline ?? live.headline ?? "unknown")),
      ),
      objectState(asset.object_state),
    ),
    h("p", { class: "lease-line" }, leaseWords(asset)),
    definitions(identity(asset)),
    h("div", { class: "regions" }, Object.entries(asset.regions ?? {}).map(region)),
    h(
      "p",
      { class: "seen" },
      `${position(live)} · ${ago(instant(live.time))} (${stamp(instant(live.time))})`,
    ),
  ];
}

function objectState(state) {
  if (!state) return null;
  const other = OBJECT_STATES[plain(state)] ?? "";
  return h(
    "span",
    { class: "object-state", title: "The regulator's object state" },
    `${plain(state)}${other ? ` · ${other}` : ""}`,
  );
}

/** The lease in force as a sentence; the papers may leave out with whom it is, or which. */
export function leaseWords({ lease, object_state: state }) {
  if (!lease)
    return state === "on lease" ? "On lease; which is not recorded." : "No lease in force.";
  const parts = [lease.lessee ? `Leased to ${lease.lessee}` : "Leased; to whom is not recorded"];
  if (lease.charterer) parts.push(`chartered on to ${lease.charterer}`);
  if (lease.lease) parts.push(`lease ${lease.lease}`);
  const [since, until] = [instant(lease.since), instant(lease.until)];
  if (since) parts.push(`since ${stamp(since).slice(0, 10)}`);
  if (until) parts.push(`until ${stamp(until).slice(0, 10)}`);
  return `${parts.join(" · ")}.`;
}

const FIRST = ["type", "imo", "mmsi", "registration", "icao24", "msn", "trainset", "builder"];
const place = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
const SHORT = /\b(imo|mmsi|msn|icao24|dwt|usd|gt|teu|fh|fc|mtow)\b/g;
const nameOf = (name) => sentence(plain(name).replace(SHORT, (word) => word.toUpperCase()));

const identity = (asset) => [
  ["Class", CLASS_NAMES[asset.asset_class] ?? asset.asset_class],
  ...Object.entries(asset.identity ?? {})
    .filter(([, value]) => typeof value !== "object")
    .sort(([a], [b]) => place(a) - place(b))
    .map(([name, value]) => [nameOf(name), String(value)]),
];

const definitions = (pairs) =>
  h(
    "dl",
    { class: "identity-list" },
    pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );

function region([name, value]) {
  const { state, since } = typeof value === "string" ? { state: value } : (value ?? {});
  const from = instant(since);
  return h(
    "div",
    { class: `region ${name}`, title: from ? `since ${stamp(from)}` : "" },
    h("span", {}, name),
    h("b", {}, plain(state ?? "unknown")),
    h("small", {}, from ? `since ${stamp(from).slice(0, 10)}` : ""),
  );
}

function position(asset) {
  if (!fleet.located(asset)) return "No position yet";
  const part = (value, signs) =>
    `${Math.abs(value).toFixed(4)}° ${value < 0 ? signs[1] : signs[0]}`;
  const course = Number.isFinite(asset.course_deg)
    ? `, course ${asset.course_deg.toFixed(0)}°`
    : "";
  return (
    `${part(asset.lat, "NS")} ${part(asset.lon, "EW")}, ` +
    `${quantity(asset.speed, asset.speed_unit)}${course}`
  );
}
