// The open alerts of the asset whose panel is open.  The queue may not hold all of them, so they are
// read for the asset by itself; the stream carries on from there.

import { answered, failed, LOADING, notKnown, outOfDate } from "./answers.js";
import * as api from "./api.js";
import { awaitsVerdict, isSilenced } from "./counts.js";
import { h } from "./dom.js";
import * as queue from "./queue.js";
import { ago, instant, stamp } from "./time.js";
import { CONDITIONS, HANDLINGS, sentence, severitySign, titleOf } from "./words.js";

const MOST = 200;

let answer = LOADING;

/** Another asset: nothing is known of it yet. */
export function forget() {
  answer = LOADING;
}

/** Reads the open and the silenced alerts of an asset. */
export async function read(asset) {
  const before = answer;
  let after;
  try {
    for (const state of ["open", "silenced"])
      queue.takeRows((await api.alerts({ state, asset, limit: MOST })).alerts);
    after = answered(Date.now());
  } catch (error) {
    after = failed(before, error, Date.now());
  }
  if (answer === before) answer = after; // else the panel shows another asset by now
}

/** What the panel says of them. */
export function section(asset) {
  const known = queue.ofAsset(asset);
  const doubt = known.length ? outOfDate(answer) : notKnown(answer, "its alerts");
  return [
    ...(doubt ? [h("p", { class: answer.state === "away" ? "problem" : "none" }, doubt)] : []),
    ...known.map(line),
    ...(known.length || doubt ? [] : [h("p", { class: "none" }, "None.")]),
  ];
}

const line = (alert) =>
  h(
    "div",
    { class: "alert-line" },
    severitySign(alert.severity),
    h(
      "div",
      {},
      h("b", {}, `${titleOf(alert)} · ${alert.severity}`),
      h("p", {}, sentence(alert.summary)),
      h("small", {}, [...states(alert), ago(instant(alert.time))].join(", ")),
    ),
  );

const states = (alert) =>
  [
    CONDITIONS[alert.condition],
    HANDLINGS[alert.handling],
    awaitsVerdict(alert) && "awaits a verdict",
    isSilenced(alert, Date.now()) && `silenced until ${stamp(instant(alert.silenced_until))}`,
  ].filter(Boolean);
