// Above the queue: open or done, and how many are open of each severity.  Made once, then updated,
// so that the keyboard's focus stays.

import { byId, h, setText } from "./dom.js";
import { SEVERITIES, severitySign } from "./words.js";

const parts = { tabs: new Map(), counts: new Map() };

/** Makes the head; `showDone(done)` and `showOnly(severity)` are told of clicks. */
export function makeHead(showDone, showOnly) {
  for (const done of [false, true]) {
    const tab = h("button", { type: "button", click: () => showDone(done) });
    parts.tabs.set(done, tab);
  }
  for (const severity of SEVERITIES) parts.counts.set(severity, countButton(severity, showOnly));
  byId("tabs").replaceChildren(...parts.tabs.values());
  byId("counts").replaceChildren(...parts.counts.values());
}

const countButton = (severity, showOnly) =>
  h(
    "button",
    { type: "button", class: `count ${severity}`, click: () => showOnly(severity) },
    severitySign(severity),
    h("b", {}, "0"),
    h("span", {}, severity),
  );

/** Brings the head up to date. */
export function renderHead({ done, severity, counts }) {
  const open = Object.values(counts).reduce((sum, count) => sum + count, 0);
  for (const [isDone, tab] of parts.tabs) {
    setText(tab, isDone ? "Done" : `Open ${open}`);
    tab.setAttribute("aria-pressed", String(isDone === done));
  }
  for (const [name, button] of parts.counts) {
    setText(button.querySelector("b"), String(counts[name] ?? 0));
    button.setAttribute("aria-pressed", String(name === severity));
    button.title = name === severity ? "Show all severities" : `Show only ${name}`;
  }
}
