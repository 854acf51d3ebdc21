// The alerts that the page knows: what lists brought and the stream told, in the queue's order.
// No page in here.

import { countedAlike, isDone, listOf, moved } from "./counts.js";
import { isOurs } from "./own_actions.js";
import { rank } from "./words.js";
import { instant, seen } from "./time.js";

const SETTLE_MS = 30_000; // so long the database may take to hold what the stream has told

const alerts = new Map(); // alert id -> the newest change of it
const sent = new Map(); // alert id -> what was sent and has not come back: {kind, word, since, error}
let figures = null; // the server's counts, carried on by the stream
let streamOpened = 0;

export const get = (id) => alerts.get(id);
export const pending = (id) => sent.get(id);
export const counts = () => figures;

/** The id of the alert that a row of `/api/alerts` or a change in the stream is about. */
export const idOf = (row) => row.alert ?? row.id;

// What shows that an action has been done; acknowledging a cleared alert may end it.
const CONFIRMS = {
  acknowledge: (row) => row.handling !== "new",
  resolve: (row) => isDone(row) || Boolean(row.verdict),
  judge: (row) => row.change === "judged" || row.change === "resolved",
  silence: (row) => row.change === "silenced",
  confirm: isDone,
  refuse: isDone,
};

/** Takes a change out of the stream, which tells each alert's changes in their order. */
export function take(row) {
  const id = idOf(row);
  const ours = isOurs(row);
  if (row.change === "refused") {
    // It tells of the action alone: the alert stands as it stood, or is not open any more.
    if (ours) sent.set(id, { error: `Refused: ${row.note ?? "it does not fit"}` });
    return;
  }
  const before = alerts.get(id) ?? null;
  store({ ...row, heard: performance.now() });
  if (figures && (before || row.change === "opened"))
    figures = moved(figures, before, alerts.get(id), Date.now());
  const waiting = sent.get(id);
  if (!waiting?.kind || CONFIRMS[waiting.kind](row)) sent.delete(id);
}

// Each change carries the whole alert: what it leaves out is not so any more.
function store(row) {
  const id = idOf(row);
  alerts.set(id, { ...row, alert: id });
  seen(instant(row.time));
}

/** Says that a stream opened: what was heard before may have been overtaken unheard. */
export function streamOpens() {
  streamOpened = performance.now();
}

// What this stream has told is at least as new as any list: the database comes after Kafka.
const toldByStream = (alert) => (alert?.heard ?? -1) >= streamOpened;

/**
 * Takes an answer of `/api/alerts?state=LIST&severity=`: its rows are the first of that list, so
 * what is known to come before its last row and is not in it is not in the list any more.  Returns
 * whether the answer is as new as what the stream has told; its counts are taken if so.
 */
export function takeList({ alerts: rows, total, counts: given }, list, severity = null) {
  const now = Date.now();
  const listed = new Map(rows.map((row) => [idOf(row), row]));
  const whole = rows.length >= total;
  const last = rows.at(-1);
  const order = list === "done" ? newestFirst : compare;
  let agreed = true;
  for (const [id, alert] of alerts) {
    const row = listed.get(id);
    const expected =
      fits(alert, list, severity, now) && (whole || (last && order(alert, last) < 0));
    if (!row && !expected) continue;
    if (!toldByStream(alert)) {
      if (!row) alerts.delete(id);
    } else if (performance.now() - alert.heard < SETTLE_MS) {
      agreed &&= Boolean(row) && countedAlike(row, alert, now);
    }
  }
  takeRows(rows);
  if (agreed || !figures) figures = given;
  return agreed;
}

/** Takes rows of which nothing else follows: those of one asset. */
export function takeRows(rows) {
  for (const row of rows) if (!toldByStream(alerts.get(idOf(row)))) store(row);
}

export function markSent(id, kind, word) {
  sent.set(id, { kind, word, since: Date.now() });
}
export function markFailed(id, error) {
  sent.set(id, { error });
}
export function forget(id) {
  sent.delete(id);
}

/** [id, error] of every action that was refused, not sent or not answered. */
export const failures = () =>
  [...sent].filter(([, { error }]) => error).map(([id, { error }]) => [id, error]);

/** Says so where an action has had no answer for `patience` milliseconds. */
export function giveUp(patience) {
  for (const [id, { kind, since }] of sent) {
    if (kind && Date.now() - since > patience) {
      sent.set(id, { error: "Sent, but no answer came back yet. Send again if it stays so." });
    }
  }
}

// As the API orders the queue: what goes on before what has cleared, then the graver, the newer.
export const compare = (a, b) =>
  Number(a.condition === "cleared") - Number(b.condition === "cleared") ||
  rank(b.severity) - rank(a.severity) ||
  newestFirst(a, b);

const newestFirst = (a, b) => instant(b.time) - instant(a.time) || (a.alert < b.alert ? -1 : 1);

const fits = (alert, list, severity, now) =>
  listOf(alert, now) === list && (!severity || alert.severity === severity);

/** The alerts of a list that are known, in the order of the queue; those done newest first. */
export function known(list, severity = null) {
  const now = Date.now();
  const found = [...alerts.values()].filter((alert) => fits(alert, list, severity, now));
  return found.sort(list === "done" ? newestFirst : compare);
}

/** The known alerts of one asset that are not done: the silenced ones last. */
export const ofAsset = (asset) =>
  [...known("open"), ...known("silenced")].filter((alert) => alert.asset === asset);

/** The worst severity of each asset that has any alert in the queue. */
export function worstByAsset() {
  const worst = new Map();
  for (const alert of known("open")) {
    const before = worst.get(alert.asset);
    if (!before || rank(alert.severity) > rank(before)) worst.set(alert.asset, alert.severity);
  }
  return worst;
}

/** An alert that asks whether something has happened: staff confirm or refuse it. */
export const isProposal = (alert) => alert.rule.startsWith("proposal:");
