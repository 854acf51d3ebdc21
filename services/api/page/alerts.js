// The alert queue on the page: rows kept in the API's order, the keyboard, the four actions.

import { ACTIONS, makeRow, updateRow, updateWhen } from "./alert_row.js";
import * as api from "./api.js";
import { announce, byId, reducedMotion } from "./dom.js";
import * as fleet from "./fleet.js";
import * as queue from "./queue.js";
import { makeHead, renderHead } from "./queue_head.js";
import { askVerdict } from "./resolve.js";
import { ruleWords, sentence } from "./words.js";

const PAGE = 500;
const SHOWN = 250; // rows in the page; the counts always say how many there are
const GUARD_MS = 1000;
const PATIENCE_MS = 20_000;

const rows = new Map();
let done = false;
let severity = null;
let due = false;
let hooks = { choose: () => {}, changed: () => {}, actor: () => "desk" };

/** Starts the queue: `hooks` are choose(asset, alert), changed() and actor(). */
export function start(given) {
  hooks = given;
  makeHead(showDone, showOnly);
  byId("alerts").addEventListener("keydown", onKey);
  byId("alerts").addEventListener("focusin", onFocus);
  setInterval(refreshTimes, 5000);
  schedule();
}

/** Reads the open alerts anew: at the start and whenever the stream was away. */
export async function reload() {
  queue.replaceOpen(await api.alerts({ state: "open", limit: PAGE }));
  if (done) queue.takeListed(await api.alerts({ state: "done", limit: PAGE }));
  schedule();
}

/** Takes one change out of the stream. */
export function take(change) {
  const known = queue.get(queue.idOf(change));
  queue.take(change);
  if (!known && !queue.isDone(change)) {
    announce(`New ${change.severity}: ${ruleWords(change.rule)}, ${fleet.nameOf(change.asset)}`);
  }
  schedule();
}

// Many changes may come at once; the page is brought up to date once a frame.
function schedule() {
  if (due) return;
  due = true;
  setTimeout(() => {
    due = false;
    render();
    hooks.changed();
  }, 50);
}

/** Marks the rows of the asset whose panel is open. */
export function mark(asset) {
  for (const row of rows.values()) row.classList.toggle("chosen", row.dataset.asset === asset);
}

/** Brings rows, counts and tabs up to date. */
export function render() {
  renderHead({ done, severity, counts: queue.counts() });
  const list = queue.list(done, severity);
  const first = rows.size === 0;
  const wanted = list.slice(0, SHOWN).map((alert) => rowOf(alert, first));
  place(wanted);
  byId("alerts").dataset.empty = list.length ? "" : emptyWords();
  byId("alerts").dataset.more =
    list.length > SHOWN ? `and ${list.length - SHOWN} more below these` : "";
}

const emptyWords = () => (done ? "Nothing done yet." : "No open alerts. All quiet.");

function rowOf(alert, first) {
  const known = rows.get(alert.alert);
  if (known) return updateRow(known, alert);
  const row = makeRow(alert, act, choose);
  if (!first && !reducedMotion()) row.classList.add("arrived");
  rows.set(alert.alert, row);
  return row;
}

/** Puts the rows in this order; a row that stays where it is is not touched and keeps the focus. */
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

let guarded = 0; // until then the letter keys do nothing

/** Gives the focus back; if its row went, the next key may still have been meant for that one. */
function refocus(focused, wanted) {
  if (!focused.isConnected) guarded = performance.now() + GUARD_MS;
  (focused.isConnected ? focused : wanted[0])?.focus();
}

async function showDone(wanted) {
  done = wanted;
  render();
  if (done) await reload().catch((error) => announce(error.message));
}

function showOnly(wanted) {
  severity = severity === wanted ? null : wanted;
  render();
}

function refreshTimes() {
  queue.giveUp(PATIENCE_MS);
  for (const [id, row] of rows) {
    const alert = queue.get(id);
    if (alert) updateWhen(row, alert);
  }
  schedule();
}

const choose = (id) => hooks.choose(queue.get(id).asset, id);

/** Sends an action; the row says "sent" until the change comes back through the stream. */
async function act(name, id) {
  const alert = queue.get(id);
  const answer = name === "resolve" ? await askVerdict(alert) : {};
  rows.get(id)?.focus();
  if (!answer) return;
  queue.markSent(id, name, `${sentence(name)} sent`);
  schedule();
  try {
    await api.act(name, alert, { actor: hooks.actor(), ...answer });
  } catch (error) {
    queue.markFailed(id, `Not sent: ${error.message}`);
    schedule();
  }
}

function onFocus({ target }) {
  const row = target.closest(".alert");
  for (const other of rows.values()) other.tabIndex = other === row ? 0 : -1;
}

const KEYS = {
  ArrowDown: (row) => row.nextElementSibling?.focus(),
  ArrowUp: (row) => row.previousElementSibling?.focus(),
  j: (row) => row.nextElementSibling?.focus(),
  k: (row) => row.previousElementSibling?.focus(),
  Home: (row) => row.parentElement.firstElementChild.focus(),
  End: (row) => row.parentElement.lastElementChild.focus(),
  Enter: (row) => choose(row.dataset.alert),
};

const actionOf = (key, alert) =>
  Object.keys(ACTIONS).find((name) => ACTIONS[name].key === key && ACTIONS[name].fits(alert));

function onKey(event) {
  const row = event.target.closest(".alert");
  if (!row || row !== event.target || event.ctrlKey || event.metaKey || event.altKey) return;
  const id = row.dataset.alert;
  const action = actionOf(event.key, queue.get(id));
  if (!action && !KEYS[event.key]) return;
  event.preventDefault();
  if (!action) KEYS[event.key](row);
  else if (performance.now() >= guarded && !queue.pending(id)?.kind) act(action, id);
}
