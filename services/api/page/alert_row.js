// One alert as a row of the queue, and the same row brought up to date in place.

import { actionsOf, ACTIONS } from "./alert_actions.js";
import { awaitsVerdict, isDone, isSilenced } from "./counts.js";
import { h, setText } from "./dom.js";
import * as fleet from "./fleet.js";
import * as queue from "./queue.js";
import { ago, instant, stamp } from "./time.js";
import {
  CONDITIONS,
  DEEDS,
  HANDLINGS,
  sentence,
  severitySign,
  titleOf,
  verdictWord,
} from "./words.js";

/** The row's element; `act(name, id)` does an action, `choose(id)` shows the asset. */
export function makeRow(alert, act, choose) {
  const id = alert.alert;
  const button = ([name, { key }]) =>
    h("button", {
      type: "button",
      class: name,
      tabindex: "-1",
      "aria-keyshortcuts": key,
      click: (event) => {
        event.stopPropagation();
        act(name, id);
      },
    });
  const row = h(
    "li",
    {
      class: "alert",
      tabindex: "-1",
      "data-alert": id,
      "data-asset": alert.asset,
      click: () => choose(id),
    },
    h(
      "div",
      { class: "row-head" },
      h("span", { class: "severity" }),
      h("span", { class: "rule" }),
      h("time", { class: "when" }),
    ),
    h("div", { class: "who" }),
    h("p", { class: "summary" }),
    h("p", { class: "said" }),
    h(
      "div",
      { class: "row-foot" },
      h("span", { class: "states" }),
      h("span", { class: "actions" }, Object.entries(ACTIONS).map(button)),
    ),
    h("p", { class: "sent", role: "status" }),
  );
  return updateRow(row, alert);
}

/** Writes the alert as it stands into its row. */
export function updateRow(row, alert) {
  const part = (name) => row.querySelector(`.${name}`);
  row.dataset.severity = alert.severity;
  row.dataset.handling = alert.handling;
  row.dataset.condition = alert.condition;
  row.toggleAttribute("data-awaits", awaitsVerdict(alert));
  part("severity").replaceChildren(severitySign(alert.severity), h("span", {}, alert.severity));
  setText(part("rule"), titleOf(alert));
  part("who").replaceChildren(...who(alert));
  setText(part("summary"), sentence(alert.summary));
  setText(part("said"), alert.note ? sentence(alert.note) : "");
  part("states").replaceChildren(...states(alert).map(([name, text]) => state(name, text)));
  updateActions(row, alert);
  updateSent(row, queue.pending(alert.alert));
  updateWhen(row, alert);
  row.setAttribute("aria-label", spoken(alert));
  return row;
}

function updateActions(row, alert) {
  const offered = new Map(actionsOf(alert));
  for (const [name, { key }] of Object.entries(ACTIONS)) {
    const button = row.querySelector(`.actions .${name}`);
    const offer = offered.get(name);
    button.hidden = !offer;
    if (!offer) continue;
    setText(button, offer.label);
    button.title = [offer.tells, `Key ${key} on the focused row.`].filter(Boolean).join(" ");
  }
}

function updateSent(row, pending) {
  row.classList.toggle("waiting", Boolean(pending?.word));
  row.classList.toggle("failed", Boolean(pending?.error));
  setText(row.querySelector(".sent"), pending?.error ?? pending?.word ?? "");
  for (const button of row.querySelectorAll(".actions button")) {
    button.disabled = Boolean(pending?.word);
  }
}

/** How long ago, which changes by itself. */
export function updateWhen(row, alert) {
  const when = row.querySelector(".when");
  const time = instant(alert.time);
  setText(when, ago(time));
  when.title = `last change ${stamp(time)}; opened ${stamp(instant(alert.opened_at))}`;
}

const who = (alert) => [
  h("strong", {}, fleet.nameOf(alert.asset)),
  h("span", { class: "lessee" }, alert.lessee ? `leased to ${alert.lessee}` : "no lessee known"),
];

const state = (name, text) => h("span", { class: name }, text);

/** [class, words] of everything that is to be said of an alert's state. */
function states(alert) {
  const parts = [
    [`condition ${alert.condition}`, conditionWords(alert)],
    [`handling ${alert.handling}`, HANDLINGS[alert.handling]],
  ];
  if (awaitsVerdict(alert)) parts.push(["awaits", "awaits a verdict"]);
  if (alert.occurrences > 1) parts.push(["times", `${alert.occurrences} times`]);
  if (alert.verdict) parts.push(["verdict", `verdict: ${verdictWord(alert.verdict)}`]);
  else if (isDone(alert) && alert.asks_verdict) parts.push(["verdict none", "no verdict"]);
  if (alert.assignee) parts.push(["", `with ${alert.assignee}`]);
  if (isSilenced(alert, Date.now()))
    parts.push(["silenced", `silenced until ${stamp(instant(alert.silenced_until))}`]);
  if (DEEDS[alert.change]) parts.push(["", `${DEEDS[alert.change]} by ${alert.actor}`]);
  return parts;
}

const conditionWords = (alert) =>
  isDone(alert) && alert.condition === "firing"
    ? "still ongoing when resolved"
    : CONDITIONS[alert.condition];

const spoken = (alert) =>
  `${alert.severity}: ${titleOf(alert)}, ${fleet.nameOf(alert.asset)}. ${alert.summary} ` +
  `${states(alert).map(([, text]) => text).join(", ")}, ${ago(instant(alert.time))}.`;
