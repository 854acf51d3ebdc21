// The alert queue's contents: which alerts there are and in which order.  No page in here.

import { rank } from "./words.js";
import { instant, seen } from "./time.js";

const DONE_KEPT = 300;
const alerts = new Map(); // alert id -> the newest change of it
const sent = new Map(); // alert id -> what was sent and has not come back: {word, since, error}

export const get = (id) => alerts.get(id);
export const pending = (id) => sent.get(id);
export const isDone = (alert) => alert.handling === "done";

/** The id of the alert that a row of `/api/alerts` or a change in the stream is about. */
export const idOf = (row) => row.alert ?? row.id;

// What shows that an action has been done; acknowledging a cleared alert ends it.
const CONFIRMS = {
  acknowledge: (alert) => alert.handling !== "new",
  resolve: isDone,
  confirm: isDone,
  refuse: isDone,
};

/** Takes a change out of the stream, which tells each alert's changes in their order. */
export function take(row) {
  const id = idOf(row);
  if (row.change === "refused") {
    // It tells of the action alone: the alert stands as it stood, or is not open any more.
    sent.set(id, { error: `Refused: ${row.note ?? "it does not fit"}` });
    return;
  }
  store({ ...row, heard: performance.now() });
  const waiting = sent.get(id);
  if (!waiting?.kind || CONFIRMS[waiting.kind](row)) sent.delete(id);
}

function store(row) {
  const id = idOf(row);
  alerts.set(id, { ...alerts.get(id), ...row, alert: id });
  seen(instant(row.time));
}

let streamOpened = 0;

/** Says that a stream opened: what was heard before may have been overtaken unheard. */
export function streamOpens() {
  streamOpened = performance.now();
}

// What this stream has told is at least as new as any list: the database comes after Kafka.
const toldByStream = (id) => (alerts.get(id)?.heard ?? -1) >= streamOpened;

/** Takes rows of a fetched list. */
export function takeListed(rows) {
  for (const row of rows) if (!toldByStream(idOf(row))) store(row);
}

/** Takes a fetched list of open alerts as the whole truth about them. */
export function replaceOpen(rows) {
  const listed = new Set(rows.map(idOf));
  for (const [id, alert] of alerts) {
    if (!isDone(alert) && !listed.has(id) && !toldByStream(id)) alerts.delete(id);
  }
  takeListed(rows);
}

export function markSent(id, kind, word) {
  sent.set(id, { kind, word, since: Date.now() });
}
export function markFailed(id, error) {
  sent.set(id, { error });
}

/** Says so where an action has had no answer for `patience` milliseconds. */
export function giveUp(patience) {
  for (const [id, { kind, since }] of sent) {
    if (kind && Date.now() - since > patience) {
      sent.set(id, { error: "Sent, but no answer came back yet. Send again if it stays so." });
    }
  }
}

// IMO MSC.302(87) 9.16: emergencies, then what nobody has acknowledged (firing before rectified),
// then the acknowledged; inside each the newest change first.  The API's list has the same order.
function group(alert) {
  if (alert.severity === "emergency") return 0;
  if (alert.handling !== "new") return 3;
  return alert.condition === "firing" ? 1 : 2;
}

export const compare = (a, b) =>
  group(a) - group(b) || instant(b.time) - instant(a.time) || (a.alert < b.alert ? -1 : 1);

const newestFirst = (a, b) => instant(b.time) - instant(a.time) || (a.alert < b.alert ? -1 : 1);

/** The open alerts, or the newest done ones, in the order of the queue. */
export function list(done, severity = null) {
  const found = [...alerts.values()].filter(
    (alert) => isDone(alert) === done && (!severity || alert.severity === severity),
  );
  return done ? found.sort(newestFirst).slice(0, DONE_KEPT) : found.sort(compare);
}

/** An alert that asks whether something has happened: staff confirm or refuse it. */
export const isProposal = (alert) => alert.rule.startsWith("proposal:");

/** The open alerts of one asset. */
export const ofAsset = (asset) => list(false).filter((alert) => alert.asset === asset);

/** How many are open, by severity. */
export function counts() {
  const count = {};
  for (const alert of alerts.values()) {
    if (!isDone(alert)) count[alert.severity] = (count[alert.severity] ?? 0) + 1;
  }
  return count;
}

/** The worst open severity of each asset that has any. */
export function worstByAsset() {
  const worst = new Map();
  for (const alert of alerts.values()) {
    if (isDone(alert)) continue;
    const known = worst.get(alert.asset);
    if (!known || rank(alert.severity) > rank(known)) worst.set(alert.asset, alert.severity);
  }
  return worst;
}
