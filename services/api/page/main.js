// The operations page: puts map, queue, panel and the event stream together.

import * as alerts from "./alerts.js";
import * as api from "./api.js";
import * as asset from "./asset.js";
import * as connection from "./connection.js";
import { byId, h, reducedMotion } from "./dom.js";
import { renderCounts, startChips, startSearch } from "./filters.js";
import * as fleet from "./fleet.js";
import * as map from "./map.js";
import { labelPlaces } from "./places.js";
import * as queue from "./queue.js";
import { ago, instant } from "./time.js";
import { plain, quantity, SEVERITIES, severitySign } from "./words.js";

const GLIDE_MS = 2000; // the stream's own rhythm
const RETRY_MS = 5000;
const RELOAD_MS = 60_000; // names, leases and states change rarely; the stream brings the rest
const ACTOR = "leasewatch.actor";

const actor = () => byId("actor").value.trim() || "desk";
let retry = 0;
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
  map.select(id, true);
}

function hover(id, point) {
  const tip = byId("tip");
  tip.hidden = !id;
  if (!id) return;
  const one = fleet.get(id);
  const severity = fleet.severityOf(id);
  tip.replaceChildren(
    h("b", {}, fleet.nameOf(id)),
    h(
      "span",
      {},
      `${plain(one.headline ?? one.movement ?? "")} · ${quantity(one.speed, one.speed_unit)}`,
    ),
    h("span", {}, one.lessee ? `leased to ${one.lessee}` : "no lessee"),
    h(
      "span",
      {},
      `${fleet.silent(one) ? `${plain(one.visibility)}, ` : ""}heard ${ago(instant(one.time))}`,
    ),
    severity
      ? h("span", { class: "worst" }, severitySign(severity), ` worst open alert: ${severity}`)
      : "",
  );
  tip.style.transform = `translate(${point.x + 14}px, ${point.y + 10}px)`;
}

/** Fetches the whole fleet and the open alerts; the stream carries on from there. */
async function reload() {
  clearTimeout(retry);
  retry = 0;
  try {
    fleet.replace(await api.fleet(), performance.now());
    connection.heard(true);
    await alerts.reload();
    byId("map-message").hidden = true;
    fleetChanged();
  } catch (error) {
    byId("map-message").hidden = false;
    byId("map-message").textContent = `The fleet could not be read: ${error.message} Trying again.`;
    retry = setTimeout(reload, RETRY_MS);
  }
}

/** Fetches the fleet once in a few seconds, however often it is asked to. */
function soon() {
  if (retry) return;
  retry = setTimeout(() => {
    retry = 0;
    reload();
  }, RETRY_MS);
}

function fleetChanged() {
  renderCounts();
  map.touch();
  if (placed || !fleet.size()) return;
  placed = true;
  if (inAddress()) showAddressed(true);
  else map.fit(fleet.all(), 5);
}

function alertsChanged() {
  fleet.setSeverities(queue.worstByAsset());
  asset.renderAlerts();
  alerts.mark(asset.current());
  map.touch();
}

const handlers = {
  state(state) {
    connection.setOpen(state === "open");
    if (state !== "open") return;
    queue.streamOpens();
    reload();
  },
  alert(change) {
    connection.heard(false);
    alerts.take(change);
  },
  fleet(event) {
    connection.heard(true);
    const known = fleet.size();
    fleet.update(event.assets ?? event, performance.now(), reducedMotion() ? 0 : GLIDE_MS);
    if (fleet.hasStranger()) soon();
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

async function showZones(view) {
  const zones = await api.zones();
  map.drawZones(zones);
  labelPlaces(view, zones);
}

async function start() {
  startActor();
  startChips();
  makeLegend();
  setInterval(connection.render, 1000);
  connection.render();
  alerts.start({ choose, changed: alertsChanged, actor });
  document.querySelector(".map-area").append(h("div", { id: "tip", class: "tip", hidden: true }));
  const view = await map.open("map", choose, hover);
  startSearch(choose);
  byId("fit").addEventListener("click", () => map.fit(fleet.all(), 5));
  byId("zoom-in").addEventListener("click", () => map.zoom(1));
  byId("zoom-out").addEventListener("click", () => map.zoom(-1));
  addEventListener("hashchange", () => showAddressed());
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && asset.current() && !byId("resolve").open) leave();
  });
  api.listen(handlers);
  setInterval(reload, RELOAD_MS);
  showZones(view).catch(() => setTimeout(() => showZones(view).catch(() => {}), RETRY_MS));
  document.body.dataset.ready = "true";
}

start();
