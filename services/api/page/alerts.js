// The alert queue: reads the lists, takes what the stream tells, shows it, and sends actions.

import { ACTIONS, sentWords } from "./alert_actions.js";
import { startKeys } from "./alert_keys.js";
import * as rows from "./alert_list.js";
import { answered, failed, LOADING } from "./answers.js";
import * as api from "./api.js";
import { listOf } from "./counts.js";
import { askedAbout, tellMeanwhile } from "./dialogs.js";
import { announce } from "./dom.js";
import * as fleet from "./fleet.js";
import { commandKey } from "./own_actions.js";
import * as queue from "./queue.js";
import { makeHead, renderHead, tell } from "./queue_head.js";
import { repeating } from "./repeat.js";
import { instant, stamp } from "./time.js";
import { titleOf } from "./words.js";

const STEP = 200; // rows that are shown at first, and that "show more" adds
const MOST = 5000; // as many as the API lists
const EVERY_MS = 60_000; // the stream brings the rest
const RETRY_MS = 5000;
const SETTLED_MS = 2000; // after a change, for the server's counts
const PATIENCE_MS = 20_000;

let view = { list: "open", severity: null, shown: STEP };
const read = new Map(); // list and severity -> what the server has said of it, and its total
let live = false;
let due = false;
let hooks = { choose: () => {}, changed: () => {}, actor: () => "desk" };

const keyOf = ({ list, severity }) => `${list}/${severity ?? ""}`;
const readOf = (one) => read.get(keyOf(one)) ?? { ...LOADING, total: null };

/** Starts the queue: `hooks` are choose(asset, alert), changed() and actor(). */
export function start(given) {
  hooks = given;
  makeHead({
    list: (list) => look({ list, severity: null, shown: STEP }),
    severity: (one) => look({ ...view, severity: view.severity === one ? null : one }),
    more: () => look({ ...view, shown: Math.min(MOST, view.shown + STEP) }),
  });
  startKeys(act, choose);
  setInterval(refresh, RETRY_MS);
  schedule();
  readWithin(0);
}

/** Says whether the stream is open; what it would have told meanwhile has to be read. */
export function setLive(isLive) {
  if (!isLive && !live) return; // it has not come back yet: the lists are read every few seconds
  live = isLive;
  if (live) queue.streamOpens();
  else notLive();
  readWithin(0);
}

// The lists are not what the server says now, until it says so again.
function notLive() {
  const error = { away: "the server" };
  for (const [key, one] of read)
    if (one.state !== "loading") read.set(key, failed(one, error, Date.now()));
  schedule();
}

const readWithin = repeating(async () => {
  const everything = { list: "open", severity: null, shown: STEP }; // for the map's signs
  const wanted = keyOf(view) === keyOf(everything) ? [view] : [everything, view];
  let pause = live ? EVERY_MS : RETRY_MS;
  for (const one of wanted) pause = Math.min(pause, await readOne(one));
  return pause;
});

async function readOne(one) {
  try {
    const { list, severity, shown } = one;
    const answer = await api.alerts({ state: list, severity, limit: shown });
    const agreed = queue.takeList(answer, list, severity);
    read.set(keyOf(one), { ...answered(Date.now()), total: answer.total });
    return agreed ? EVERY_MS : SETTLED_MS;
  } catch (error) {
    read.set(keyOf(one), { total: null, ...failed(readOf(one), error, Date.now()) });
    return RETRY_MS;
  } finally {
    schedule();
  }
}

/** Reads the lists now: something says that they may not be as they were. */
export const reload = () => readWithin(0);

/** Takes one change out of the stream. */
export function take(change) {
  const id = queue.idOf(change);
  const known = queue.get(id);
  const acted = queue.pending(id)?.kind;
  queue.take(change);
  const alert = queue.get(id);
  if (!known && alert && listOf(alert, Date.now()) === "open")
    announce(`New ${alert.severity}: ${titleOf(alert)}, ${fleet.nameOf(alert.asset)}`);
  if (acted && !queue.pending(id)) tellDone(alert);
  schedule();
  readWithin(SETTLED_MS);
}

/** Says where an alert went that somebody here has just acted on. */
function tellDone(alert) {
  const name = `${titleOf(alert)}, ${fleet.nameOf(alert.asset)}`;
  const list = listOf(alert, Date.now());
  if (list === view.list) return;
  if (list === "done") tell(`Done: ${name}. You find it under “done”.`);
  if (list === "silenced") tell(`Silenced until ${stamp(instant(alert.silenced_until))}: ${name}.`);
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

export const render = () => {
  const known = queue.known(view.list, view.severity);
  rows.show(known.slice(0, view.shown), act, choose);
  renderHead({
    view,
    known: known.length,
    counts: queue.counts(),
    read: readOf(view),
    most: MOST,
  });
  for (const [id, error] of queue.failures()) {
    if (rows.has(id)) continue; // it is told at the row
    const alert = queue.get(id);
    tell(`${alert ? `${titleOf(alert)}, ${fleet.nameOf(alert.asset)}: ` : ""}${error}`);
    queue.forget(id);
  }
  if (askedAbout()) tellMeanwhile(queue.get(askedAbout()));
};

/** Marks the rows of the asset whose panel is open. */
export const mark = (asset) => rows.mark(asset);

/** Whether the whole of the queue is known here: then it alone says which assets have alerts. */
export const isWhole = () => {
  const { total } = readOf({ list: "open", severity: null });
  return total !== null && total <= STEP;
};

function look(wanted) {
  view = wanted;
  render();
  readWithin(0);
}

let silenced = 0;

function refresh() {
  queue.giveUp(PATIENCE_MS);
  rows.refreshTimes();
  const now = queue.known("silenced").length;
  if (now < silenced) readWithin(0); // a silence has ended
  silenced = now;
  schedule();
}

const choose = (id) => hooks.choose(queue.get(id).asset, id);

/** Sends an action; the row says "sent" until the change comes back through the stream. */
async function act(name, id) {
  const alert = queue.get(id);
  const answer = ACTIONS[name].ask ? await ACTIONS[name].ask(alert) : {};
  rows.focus(id);
  if (!answer) return;
  queue.markSent(id, name, sentWords(name, queue.get(id) ?? alert));
  schedule();
  try {
    const fields = { actor: hooks.actor(), ...answer };
    await api.act(name, alert, commandKey(name, alert, fields), fields);
  } catch (error) {
    queue.markFailed(id, `${error.unsure ? "Not confirmed" : "Not sent"}: ${error.message}`);
    schedule();
  }
}
