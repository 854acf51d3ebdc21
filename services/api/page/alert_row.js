// One alert as a row of the queue, and the same row brought up to date in place.

import { h, setText } from "./dom.js";
import * as fleet from "./fleet.js";
import * as queue from "./queue.js";
import { ago, instant, stamp } from "./time.js";
import { plain, ruleWords, sentence, severitySign } from "./words.js";

const HANDLING = {
  new: "new",
  acknowledged: "acknowledged",
  in_progress: "in progress",
  done: "done",
};

/** What the desk can do: the key, and the alerts that it can be done to. */
export const ACTIONS = {
  acknowledge: { key: "a", fits: (alert) => alert.handling === "new" },
  resolve: { key: "r", fits: (alert) => !queue.isDone(alert) && !queue.isProposal(alert) },
  confirm: { key: "c", fits: (alert) => !queue.isDone(alert) && queue.isProposal(alert) },
  refuse: { key: "x", fits: (alert) => !queue.isDone(alert) && queue.isProposal(alert) },
};

/** The row's element; `act(name, id)` does an action, `choose(id)` shows the asset. */
export function makeRow(alert, act, choose) {
  const id = alert.alert;
  const button = ([name, { key }]) =>
    h(
      "button",
      {
        type: "button",
        class: name,
        tabindex: "-1",
        "aria-keyshortcuts": key,
        title: `Key ${key} on the focused row`,
        click: (event) => {
          event.stopPropagation();
          act(name, id);
        },
      },
      sentence(name),
    );
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
  part("severity").replaceChildren(severitySign(alert.severity), h("span", {}, alert.severity));
  setText(part("rule"), sentence(ruleWords(alert.rule)));
  part("who").replaceChildren(...who(alert));
  setText(part("summary"), sentence(alert.summary));
  part("states").replaceChildren(...states(alert));
  for (const [name, { fits }] of Object.entries(ACTIONS)) part(name).hidden = !fits(alert);
  updateSent(row, queue.pending(alert.alert));
  updateWhen(row, alert);
  row.setAttribute("aria-label", spoken(alert));
  return row;
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
  h("span", { class: "lessee" }, alert.lessee ? `leased to ${alert.lessee}` : "no lessee"),
];

function states(alert) {
  const parts = [
    h("span", { class: `condition ${alert.condition}` }, alert.condition),
    h("span", { class: `handling ${alert.handling}` }, HANDLING[alert.handling]),
  ];
  if (alert.occurrences > 1)
    parts.push(h("span", { class: "times" }, `${alert.occurrences} times`));
  if (alert.verdict) parts.push(h("span", { class: "verdict" }, plain(alert.verdict)));
  if (alert.assignee) parts.push(h("span", {}, `with ${alert.assignee}`));
  if (alert.silenced_until) {
    parts.push(h("span", {}, `silenced until ${stamp(instant(alert.silenced_until))}`));
  }
  if (alert.handling !== "new" && alert.actor !== "monitor")
    parts.push(h("span", {}, `by ${alert.actor}`));
  return parts;
}

const spoken = (alert) =>
  `${alert.severity}: ${ruleWords(alert.rule)}, ${fleet.nameOf(alert.asset)}. ${alert.summary} ` +
  `${alert.condition}, ${HANDLING[alert.handling]}, ${ago(instant(alert.time))}.`;
