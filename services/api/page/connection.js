// How fresh the page is, said plainly: live, reconnecting, or stale since when.

import { byId, h } from "./dom.js";
import { clock, length } from "./time.js";

const STALE_MS = 15_000; // the stream brings positions every 2 s

let open = false;
let everOpen = false; // or tried in vain
let lastHeard = null; // wall clock of the last event of any kind
let lastFleet = null; // and of the last word about positions, which may be that none has changed

export function setOpen(isOpen) {
  open = isOpen;
  everOpen = true;
  render();
}

/** Says that the stream brought something; `positions` when it was the fleet. */
export function heard(positions) {
  lastHeard = Date.now();
  if (positions) lastFleet = lastHeard;
}

/** {state, words} for the badge, at a wall clock time. */
export function judge(now) {
  if (!open) {
    const last = lastHeard ? `last heard ${clock(lastHeard)}` : "nothing heard yet";
    return { state: "lost", words: `${everOpen ? "Reconnecting" : "Connecting"} · ${last}` };
  }
  if (lastFleet === null || now - lastFleet > STALE_MS) {
    const heard = lastHeard && now - lastHeard <= STALE_MS ? ", stream open" : "";
    const words = lastFleet ? `Positions stale since ${clock(lastFleet)}` : "No positions yet";
    return { state: "stale", words: `${words}${heard}` };
  }
  return { state: "live", words: `Live · server heard ${length(now - lastFleet)} ago` };
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
  badge.title = words; // where there is little room the badge is cut
  byId("clock").textContent = clock(now);
}
