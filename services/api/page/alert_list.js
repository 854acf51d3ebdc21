// The rows of the queue on the page: kept in order without touching those that stay, so that the
// keyboard's focus stays with them.

import { makeRow, updateRow, updateWhen } from "./alert_row.js";
import { byId, reducedMotion } from "./dom.js";
import * as queue from "./queue.js";

const GUARD_MS = 1000;

const rows = new Map(); // alert id -> its element
let guarded = 0;

export const has = (id) => rows.has(id);
export const focus = (id) => rows.get(id)?.focus();

/** Whether the last key may have been meant for a row that has just gone. */
export const isGuarded = () => performance.now() < guarded;

/** Shows these alerts in this order; `act` and `choose` are those of makeRow. */
export function show(alerts, act, choose) {
  const first = rows.size === 0;
  place(alerts.map((alert) => rowOf(alert, first, act, choose)));
}

function rowOf(alert, first, act, choose) {
  const known = rows.get(alert.alert);
  if (known) return updateRow(known, alert);
  const row = makeRow(alert, act, choose);
  if (!first && !reducedMotion()) row.classList.add("arrived");
  rows.set(alert.alert, row);
  return row;
}

function place(wanted) {
  const list = byId("alerts");
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const kept = new Set(wanted);
  for (const [id, row] of rows)
    if (!kept.has(row)) {
      row.remove();
      rows.delete(id);
    }
  wanted.forEach((row, index) => {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  if (focused && document.activeElement !== focused) refocus(focused, wanted);
  if (!list.querySelector('[tabindex="0"]') && wanted[0]) wanted[0].tabIndex = 0;
}

/** Gives the focus back; if its row went, the next key may still have been meant for that one. */
function refocus(focused, wanted) {
  if (!focused.isConnected) guarded = performance.now() + GUARD_MS;
  (focused.isConnected ? focused : wanted[0])?.focus();
}

/** Marks the rows of the asset whose panel is open. */
export function mark(asset) {
  for (const row of rows.values()) row.classList.toggle("chosen", row.dataset.asset === asset);
}

/** Makes one row the one that the Tab key comes to. */
export function enter(row) {
  for (const other of rows.values()) other.tabIndex = other === row ? 0 : -1;
}

/** Brings "12 min ago" up to date. */
export function refreshTimes() {
  for (const [id, row] of rows) {
    const alert = queue.get(id);
    if (alert) updateWhen(row, alert);
  }
}
