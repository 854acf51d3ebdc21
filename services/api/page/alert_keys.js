// The keyboard in the queue: arrows between rows, a letter for each action on the focused one.

import { actionOf } from "./alert_actions.js";
import * as rows from "./alert_list.js";
import { byId } from "./dom.js";
import * as queue from "./queue.js";

const MOVES = {
  ArrowDown: (row) => row.nextElementSibling,
  ArrowUp: (row) => row.previousElementSibling,
  j: (row) => row.nextElementSibling,
  k: (row) => row.previousElementSibling,
  Home: (row) => row.parentElement.firstElementChild,
  End: (row) => row.parentElement.lastElementChild,
};

/** Starts to listen; `act(name, id)` does an action, `choose(id)` shows the asset. */
export function startKeys(act, choose) {
  byId("alerts").addEventListener("keydown", (event) => onKey(event, act, choose));
  byId("alerts").addEventListener("focusin", ({ target }) => rows.enter(target.closest(".alert")));
}

function onKey(event, act, choose) {
  const row = event.target.closest(".alert");
  if (!row || row !== event.target || event.ctrlKey || event.metaKey || event.altKey) return;
  const id = row.dataset.alert;
  const action = actionOf(event.key, queue.get(id));
  const move = MOVES[event.key];
  if (!action && !move && event.key !== "Enter") return;
  event.preventDefault();
  if (move) move(row)?.focus();
  else if (!action) choose(id);
  else if (!rows.isGuarded() && !queue.pending(id)?.kind) act(action, id);
}
