// The operations page: puts queue, panel, map and the event stream together.  Each part is read by
// itself, so that none keeps another from showing; the map comes last and may not come at all.

import * as alerts from "./alerts.js";
import * as api from "./api.js";
import * as asset from "./asset.js";
import * as connection from "./connection.js";
import { byId, h, reducedMotion } from "./dom.js";
import { renderCounts, startChips } from "./filters.js";
import * as fleet from "./fleet.js";
import * as feed from "./fleet_feed.js";
import * as health from "./health.js";
import * as map from "./map_place.js";
import * as queue from "./queue.js";
import { startSearch } from "./search.js";
import { makeTip } from "./tip.js";
import { SEVERITIES, severitySign } from "./words.js";

const GLIDE_MS = 2000; // the stream's own rhythm
const RETRY_MS = 5000;
const ACTOR = "leasewatch.actor";

const actor = () => byId("actor").value.trim() || "desk";
let placed = false; // whether the map has been brought to the fleet once

function startActor() {
  byId("actor").value = localStorage.getItem(ACTOR) ?? "desk";
  byId("actor").addEventListener("change", () => localStorage.setItem(ACTOR, actor()));
}

/** The asset in the address is the one shown: `#asset=ship-9074729`. */
const inAddress = () => new URLSearchParams(location.hash.slice(1)).get("asset");

function choose(id) {
  if (inAddress() === id) showAddressed(true);
  else location.hash = new URLSearchParams({ asset: id }).toString();
}

const leave = () => {
  location.hash = "";
};

function showAddressed(again = false) {
  const id = inAddress();
  if (id === asset.current() && !again) return;
  if (id === null) asset.close();
  else if (id !== asset.current()) asset.open(id, leave);
  alerts.mark(id);
  map.setPanelWidth(byId("panel").offsetWidth);
  map.select(id);
}

function fleetChanged() {
  renderCounts();
  map.touch();
  place();
}

/** Brings the map once to the asset of the address, else to the whole fleet. */
function place() {
  if (placed || !map.isThere() || !fleet.size()) return;
  placed = true;
  if (inAddress()) map.select(inAddress());
  else map.fit(fleet.all(), 5);
}

function alertsChanged() {
  fleet.setSeverities(queue.worstByAsset(), alerts.isWhole());
  asset.renderAlerts();
  alerts.mark(asset.current());
  map.touch();
}

function healthChanged() {
  if (health.databaseAway() && document.body.dataset.alerts === "known") alerts.reload();
  alerts.render();
}

const handlers = {
  state(state) {
    connection.setOpen(state === "open");
    alerts.setLive(state === "open");
    health.reload();
    if (state === "open") feed.reload();
  },
  alert(change) {
    connection.heard(false);
    alerts.take(change);
  },
  fleet(event) {
    connection.heard(true);
    const known = fleet.size();
    fleet.update(event.assets ?? event, performance.now(), reducedMotion() ? 0 : GLIDE_MS);
    if (fleet.hasStranger()) feed.soon();
    if (reducedMotion() || fleet.size() !== known) fleetChanged(); // else the map sees who moves
  },
  ping() {
    connection.heard(false);
  },
};

function makeLegend() {
  byId("legend").replaceChildren(
    ...SEVERITIES.map((one) => h("span", {}, severitySign(one), one)),
    h("span", { class: "hollow-word" }, "hollow: not heard as expected"),
  );
}

async function startMap() {
  makeLegend();
  byId("fit").addEventListener("click", () => map.fit(fleet.all(), 5));
  byId("zoom-in").addEventListener("click", () => map.zoom(1));
  byId("zoom-out").addEventListener("click", () => map.zoom(-1));
  if (!(await map.load(choose, makeTip()))) return;
  place();
  showZones();
}

const showZones = () =>
  api
    .zones()
    .then(map.showZones)
    .catch(() => setTimeout(showZones, RETRY_MS));

function start() {
  startActor();
  startChips();
  startSearch(choose);
  setInterval(connection.render, 1000);
  connection.render();
  alerts.start({ choose, changed: alertsChanged, actor });
  feed.start(fleetChanged);
  health.start(healthChanged);
  api.listen(handlers);
  addEventListener("hashchange", () => showAddressed());
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && asset.current() && !byId("dialog").open) leave();
  });
  if (inAddress()) showAddressed();
  document.body.dataset.ready = "true";
  startMap();
}

start();
