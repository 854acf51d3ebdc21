// The map's place on the page.  The map is loaded after everything else and may fail to: then its
// place says why it is empty, and whatever the page asks of the map meanwhile does nothing.

import { byId, h } from "./dom.js";

const VENDOR = "vendor/maplibre-gl/dist/maplibre-gl";
const SLOW_MS = 20_000;
const WITHOUT = "The alert queue, the search and the asset panel work without it.";

let map = null; // the module ./map.js, once it draws
const wanted = { classes: null, selected: null, track: null, width: 0 };
const sentences = new Map(); // what is to be said at the map's place, by what it is about

/** Says a sentence at the map's place, one for each `about`; null takes it back. */
export function say(about, sentence) {
  if (sentence) sentences.set(about, sentence);
  else sentences.delete(about);
  const box = byId("map-message");
  box.replaceChildren(...[...sentences.values()].map((text) => h("p", {}, text)));
  box.hidden = !sentences.size;
}

/** Loads the map; `pick` and `hover` are map.open's.  Resolves to whether there is one. */
export async function load(pick, hover) {
  const place = document.querySelector(".map-area");
  place.dataset.map = "loading";
  say("map", "Loading the map …");
  const slow = setTimeout(() => say("map", `The map is slow to load. ${WITHOUT}`), SLOW_MS);
  try {
    await files();
    const module = await import("./map.js");
    await module.open("map", pick, hover, say);
    map = module;
    place.dataset.map = "drawn";
    say("map", null);
    catchUp();
  } catch (error) {
    place.dataset.map = "none";
    say("map", `No map: ${error.message} ${WITHOUT}`);
  } finally {
    clearTimeout(slow);
  }
  return map !== null;
}

async function files() {
  document.head.prepend(h("link", { rel: "stylesheet", href: `${VENDOR}.css` }));
  // Without this one the map draws the fleet on an empty sea: it says so by itself.
  const outlines = script("vendor/topojson-client/dist/topojson-client.min.js").catch(() => {});
  await script(`${VENDOR}-csp.js`);
  await outlines;
}

function script(src) {
  return new Promise((loaded, failed) => {
    const sentence = `its program (${src}) could not be loaded. Reload the page to try again.`;
    const error = () => failed(new Error(sentence));
    document.head.append(h("script", { src, load: () => loaded(), error }));
  });
}

/** What was asked for while the map was loading. */
function catchUp() {
  map.setPanelWidth(wanted.width);
  if (wanted.classes) map.show(wanted.classes);
  if (wanted.track) map.drawTrack(wanted.track);
  if (wanted.selected) map.select(wanted.selected, true);
  map.touch();
}

/** Whether the map draws. */
export const isThere = () => map !== null;

export const touch = () => map?.touch();
export const fit = (assets, maxZoom) => map?.fit(assets, maxZoom);
export const zoom = (step) => map?.zoom(step);
export const showZones = (zones) => map?.showZones(zones);

export function show(classes) {
  wanted.classes = classes;
  map?.show(classes);
}

export function setPanelWidth(width) {
  wanted.width = width;
  map?.setPanelWidth(width);
}

export function select(id) {
  wanted.selected = id;
  map?.select(id, true);
}

export function drawTrack(track) {
  wanted.track = track;
  map?.drawTrack(track);
}
