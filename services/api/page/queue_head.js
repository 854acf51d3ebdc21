// Around the rows of the queue: which list, how many of each severity, which filter, how old, what
// is not shown.  Made once, then updated, so that the keyboard's focus stays.

import { notKnown, outOfDate } from "./answers.js";
import { LISTS } from "./counts.js";
import { byId, h, setText } from "./dom.js";
import * as health from "./health.js";
import { SEVERITIES, severitySign } from "./words.js";

const tabs = new Map();
const buttons = new Map();

/** Makes the head; `on` has list(name), severity(name) and more(), told of clicks. */
export function makeHead(on) {
  for (const list of LISTS)
    tabs.set(list, h("button", { type: "button", "data-list": list, click: () => on.list(list) }));
  for (const severity of SEVERITIES) buttons.set(severity, countButton(severity, on.severity));
  byId("tabs").replaceChildren(...tabs.values());
  byId("counts").replaceChildren(...buttons.values());
  byId("filter").replaceChildren(
    h("span", { class: "words" }),
    h("button", { type: "button", click: () => on.severity(null) }, "Show all"),
  );
  byId("more").replaceChildren(
    h("span", { class: "words" }),
    h("button", { type: "button", click: on.more }, "Show more"),
  );
  byId("notice").replaceChildren(
    h("span", { class: "words" }),
    h("button", { type: "button", "aria-label": "Close the notice", click: () => tell("") }, "×"),
  );
}

const countButton = (severity, showOnly) =>
  h(
    "button",
    { type: "button", class: `count ${severity}`, click: () => showOnly(severity) },
    severitySign(severity),
    h("b", {}),
    h("span", {}, severity),
  );

/** Says a sentence above the rows that stays until the next one or until it is closed. */
export const tell = (sentence) => write("notice", sentence);

function write(id, words) {
  const line = byId(id);
  setText(line.querySelector(".words"), words);
  line.hidden = !words;
}

const number = (count) => count.toLocaleString("en-GB");

/** Brings the head up to date; `known` is how many fitting alerts the page holds. */
export function renderHead({ view, known, counts, read, most }) {
  for (const [list, tab] of tabs) {
    setText(tab, counts ? `${number(counts[list] ?? 0)} ${list}` : list);
    tab.setAttribute("aria-pressed", String(list === view.list));
    tab.title = counts ? "" : "How many is not known yet";
  }
  for (const [name, button] of buttons) {
    const count = view.list === "open" ? (counts?.by_severity?.[name] ?? (counts ? 0 : null)) : "";
    setText(button.querySelector("b"), count === null ? "–" : count === "" ? "" : number(count));
    button.setAttribute("aria-pressed", String(name === view.severity));
    button.title = name === view.severity ? "Show all severities" : `Show only ${name}`;
  }
  setText(byId("sum"), view.list === "open" && counts ? sumWords(counts) : "");
  document.body.dataset.alerts = read.state;
  const total = totalOf(view, known, counts, read);
  write("filter", filterWords(view, total, counts));
  write("more", moreWords(view, total, most));
  byId("more").querySelector("button").hidden = view.shown >= most;
  write("old", oldWords(read, known));
  byId("alerts").dataset.empty = known ? "" : emptyWords(view, read);
}

const sumWords = ({ firing = 0, cleared = 0, awaiting_verdict: awaiting = 0 }) =>
  `${number(firing)} ongoing, ${number(cleared)} cleared` +
  (awaiting ? `, of which ${number(awaiting)} ${awaiting === 1 ? "awaits" : "await"} a verdict` : "");

/** How many alerts fit the view: the server's figure, which the stream carries on where it can. */
function totalOf({ list, severity }, known, counts, read) {
  if (!counts) return null;
  if (!severity) return counts[list] ?? 0;
  if (list === "open") return counts.by_severity?.[severity] ?? 0;
  return read.total === null ? null : Math.max(read.total, known);
}

function filterWords({ list, severity }, total, counts) {
  if (!severity) return "";
  if (total === null) return `Only ${severity} is shown`;
  return `Only ${severity}: ${number(total)} of ${number(counts[list] ?? 0)} shown`;
}

const moreWords = ({ shown }, total, most) => {
  if (total === null || total <= shown) return "";
  const words = `The first ${number(shown)} of ${number(total)} are listed`;
  return shown >= most ? `${words}: filter by severity to see others` : words;
};

/** What is to be said of rows that the server has not confirmed just now. */
function oldWords(read, known) {
  if (!known || read.state === "known") return "";
  const old = outOfDate(read);
  if (old) return `${old} There may be more alerts, and some of these may be over.`;
  return read.state === "away"
    ? `${notKnown(read, "alerts")} Only what arrived meanwhile is listed.`
    : "";
}

const EMPTY = {
  open: "No open alerts.",
  silenced: "Nothing is silenced.",
  done: "Nothing is done yet.",
};
const UNCERTAIN = "The server lists none, but alerts may be missing: see the line above.";

function emptyWords({ list, severity }, read) {
  if (read.state !== "known") return notKnown(read, "alerts");
  if (severity) return `None of them is of severity ${severity}.`;
  return list === "open" && health.inDoubt() ? UNCERTAIN : EMPTY[list];
}
