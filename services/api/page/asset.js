// The asset panel: who and where it is, whose it is, what it reads now, its alerts, its life.

import * as api from "./api.js";
import { byId, h } from "./dom.js";
import * as fleet from "./fleet.js";
import { lifeSection } from "./life_view.js";
import * as map from "./map.js";
import * as queue from "./queue.js";
import { readingsSection } from "./readings.js";
import { ago, instant, now, stamp } from "./time.js";
import { CLASS_NAMES, OBJECT_STATES, plain, quantity, sentence, severitySign } from "./words.js";

const TRACK_HOURS = 12;
const TRACK_POINTS = 2000;
const REFRESH_MS = 10_000;

let shown = null;
let asked = 0; // so that an answer for an asset left meanwhile is dropped
let timer = 0;

export const current = () => shown;

/** Opens the panel for an asset; `leave` is called by its close button. */
export function open(id, leave) {
  shown = id;
  asked += 1;
  const panel = byId("panel");
  panel.hidden = false;
  panel.replaceChildren(head(id, leave), ...sections());
  panel.scrollTop = 0;
  clearInterval(timer);
  timer = setInterval(() => refresh(asked), REFRESH_MS);
  renderAlerts();
  return Promise.all([refresh(asked), showLife(asked), showTrack(asked)]);
}

/** Closes the panel. */
export function close() {
  shown = null;
  asked += 1;
  clearInterval(timer);
  byId("panel").hidden = true;
  map.drawTrack(null);
}

const head = (id, leave) =>
  h(
    "header",
    { class: "panel-head" },
    h(
      "div",
      {},
      h("h2", { id: "panel-title" }, fleet.nameOf(id)),
      h("p", { class: "identity" }, id),
    ),
    h(
      "button",
      { type: "button", class: "close", "aria-label": "Close the asset", click: leave },
      "×",
    ),
  );

const sections = () => [
  h("div", { id: "panel-state", class: "panel-state" }, h("p", { class: "none" }, "Reading …")),
  section("panel-alerts", "Open alerts"),
  section("panel-life", "Life"),
  section("panel-readings", "Readings"),
];

const section = (id, title) =>
  h(
    "section",
    { "aria-labelledby": `${id}-title` },
    h("h3", { id: `${id}-title` }, title),
    h("div", { id }, h("p", { class: "none" }, "Reading …")),
  );

async function into(id, turn, make) {
  let content;
  try {
    content = await make();
  } catch (error) {
    content = [h("p", { class: "problem" }, error.message)];
  }
  if (turn === asked) byId(id).replaceChildren(...[content].flat());
}

async function refresh(turn) {
  const id = shown;
  const reading = api.asset(id);
  await Promise.all([
    into("panel-state", turn, async () => stateSection(await reading)),
    into("panel-readings", turn, async () => readingsSection(await reading)),
  ]);
  const known = await reading.catch(() => null);
  if (turn === asked && known?.name) byId("panel-title").textContent = known.name;
}

const showLife = (turn) =>
  into("panel-life", turn, async () => lifeSection(await api.life(shown), now()));

async function showTrack(turn) {
  const last = instant(fleet.get(shown)?.time) ?? now();
  const from = new Date(last - TRACK_HOURS * 3_600_000).toISOString();
  const track = await api.track(shown, { from, limit: TRACK_POINTS }).catch(() => null);
  if (turn === asked) map.drawTrack(track);
}

function stateSection(asset) {
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
    h("p", { class: "lease-line" }, leaseWords(asset.lease)),
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
  const other = OBJECT_STATES[state] ?? "";
  return h(
    "span",
    { class: "object-state", title: "The regulator's object state" },
    `${plain(state)}${other ? ` · ${other}` : ""}`,
  );
}

function leaseWords(lease) {
  if (!lease?.lessee) return "No lease in force.";
  const parts = [`Leased to ${lease.lessee}`];
  if (lease.charterer) parts.push(`chartered on to ${lease.charterer}`);
  if (lease.lease) parts.push(`lease ${lease.lease}`);
  const [since, until] = [instant(lease.since), instant(lease.until)];
  if (since) parts.push(`since ${stamp(since).slice(0, 10)}`);
  if (until) parts.push(`until ${stamp(until).slice(0, 10)}`);
  return `${parts.join(" · ")}.`;
}

const identity = (asset) => [
  ["Class", CLASS_NAMES[asset.asset_class] ?? asset.asset_class],
  ...Object.entries(asset.identity ?? {})
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => [sentence(plain(name)), String(value)]),
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

/** Brings the panel's alerts up to date with the queue. */
export function renderAlerts() {
  const box = byId("panel-alerts");
  if (!shown || !box) return;
  const open = queue.ofAsset(shown);
  box.replaceChildren(
    ...(open.length ? open.map(alertLine) : [h("p", { class: "none" }, "None.")]),
  );
}

const alertLine = (alert) =>
  h(
    "div",
    { class: "alert-line" },
    severitySign(alert.severity),
    h(
      "div",
      {},
      h("b", {}, `${sentence(plain(alert.rule))} · ${alert.severity}`),
      h("p", {}, alert.summary),
      h("small", {}, `${alert.condition}, ${plain(alert.handling)}, ${ago(instant(alert.time))}`),
    ),
  );
