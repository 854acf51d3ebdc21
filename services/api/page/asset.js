// The asset panel: who and where it is, whose it is, what it reads now, its alerts, its life.

import * as alerts from "./asset_alerts.js";
import * as api from "./api.js";
import { byId, h } from "./dom.js";
import * as fleet from "./fleet.js";
import { lifeSection } from "./life_view.js";
import * as map from "./map_place.js";
import { readingsSection } from "./readings.js";
import { stateSection } from "./asset_state.js";
import { instant, now } from "./time.js";

const TRACK_HOURS = 12;
const TRACK_POINTS = 2000;
const REFRESH_MS = 10_000;

let shown = null;
let asked = 0; // so that an answer for an asset left meanwhile is dropped
let timer = 0;
let lifeMade = false;

export const current = () => shown;

/** Opens the panel for an asset; `leave` is called by its close button. */
export function open(id, leave) {
  shown = id;
  asked += 1;
  lifeMade = false;
  alerts.forget();
  const panel = byId("panel");
  panel.hidden = false;
  panel.replaceChildren(head(id, leave), ...sections());
  panel.scrollTop = 0;
  clearInterval(timer);
  timer = setInterval(() => refresh(asked), REFRESH_MS);
  renderAlerts();
  return Promise.all([refresh(asked), showTrack(asked)]);
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

/** Puts into a section what `make` gives, or why it cannot be said; resolves to whether it could. */
async function into(id, turn, make) {
  let content;
  let made = true;
  try {
    content = await make();
  } catch (error) {
    made = false;
    const away = `Not known: ${error.away} does not answer. Trying again.`;
    const words = error.away ? away : error.message;
    content = [h("p", { class: "problem" }, words)];
  }
  if (turn === asked) byId(id).replaceChildren(...[content].flat());
  return made;
}

async function refresh(turn) {
  const id = shown;
  const reading = api.asset(id);
  await Promise.all([
    into("panel-state", turn, async () => stateSection(await reading)),
    into("panel-readings", turn, async () => readingsSection(await reading)),
    alerts.read(id).then(renderAlerts),
    lifeMade ? null : showLife(turn),
  ]);
  const known = await reading.catch(() => null);
  if (turn === asked && known?.name) byId("panel-title").textContent = known.name;
}

// The life is read once: it has a date that somebody may be asking about.
async function showLife(turn) {
  const make = async () => lifeSection(await api.life(shown), now());
  const made = await into("panel-life", turn, make);
  if (turn === asked) lifeMade = made;
}

async function showTrack(turn) {
  const last = instant(fleet.get(shown)?.time) ?? now();
  const from = new Date(last - TRACK_HOURS * 3_600_000).toISOString();
  const track = await api.track(shown, { from, limit: TRACK_POINTS }).catch(() => null);
  if (turn === asked) map.drawTrack(track);
}

/** Brings the panel's alerts up to date with the queue. */
export function renderAlerts() {
  const box = byId("panel-alerts");
  if (shown && box) box.replaceChildren(...alerts.section(shown));
}
