// How fresh the page is, said plainly: live, reconnecting, or stale since when.

import { byId, h } from "./dom.js";
import { clock, length } from "./time.js";

const STALE_MS = 15_000; // the stream brings positions every 2 s

let open = false;
let lastHeard = null; // wall clock of the last event of any kind
let lastFleet = null; // and of the last positions

export function setOpen(isOpen) {
  open = isOpen;
  render();
}

/** Says that the stream brought something; `positions` when it was the fleet. */
export function heard(positions) {
  lastHeard = Date.now();
  if (positions) lastFleet = lastHeard;
}

/** {state, words} for the badge, at a wall clock time. */
export function judge(now) {
  const since = lastFleet ? clock(lastFleet) : "the start";
  if (!open)
    return { state: "lost", words: `Reconnecting · last data ${lastFleet ? since : "none yet"}` };
  if (lastFleet === null || now - lastFleet > STALE_MS) {
    const alerts = lastHeard && now - lastHeard <= STALE_MS ? ", alerts live" : "";
    return { state: "stale", words: `Positions stale since ${since}${alerts}` };
  }
  return { state: "live", words: `Live · data ${length(now - lastFleet)} old` };
}

/** Writes badge and clock. */
export function render() {
  const now = Date.now();
  const { state, words } = judge(now);
  const badge = byId("connection");
  if (badge.dataset.state !== state) {
    badge.replaceChildren(
      h("span", { class: "dot", "aria-hidden": "true" }),
      h("span", { class: "words" }),
    );
    badge.dataset.state = state;
    document.body.dataset.connection = state;
  }
  badge.querySelector(".words").textContent = words;
  byId("clock").textContent = clock(now);
}
