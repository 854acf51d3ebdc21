// Reads the whole fleet now and then; the stream carries on from there.

import { answered, failed, LOADING, notKnown, outOfDate } from "./answers.js";
import * as api from "./api.js";
import * as fleet from "./fleet.js";
import { say } from "./map_place.js";
import { repeating } from "./repeat.js";

const EVERY_MS = 60_000; // names, leases and states change rarely
const RETRY_MS = 5000;

let answer = LOADING;
let changed = () => {};

/** Starts to read; `onChange()` is told of every answer, and of none. */
export function start(onChange) {
  changed = onChange;
  readWithin(0);
}

/** Reads it now, or in a few seconds where that is soon enough. */
export const reload = () => readWithin(0);
export const soon = () => readWithin(RETRY_MS);

/** Why the fleet is not known, as a sentence; "" where the server has said it. */
export const unknown = () => notKnown(answer, "the fleet");

/** Whether the fleet has ever been read. */
export const everRead = () => answer.answeredAt !== null;

const readWithin = repeating(async () => {
  try {
    fleet.replace(await api.fleet(), performance.now());
    answer = answered(Date.now());
  } catch (error) {
    answer = failed(answer, error, Date.now());
  }
  say("fleet", fleetWords());
  changed();
  return answer.state === "known" ? EVERY_MS : RETRY_MS;
});

function fleetWords() {
  if (answer.state === "known") return fleet.size() ? null : "The fleet has no assets yet.";
  if (answer.state === "loading") return unknown();
  return everRead() ? `Positions as of ${lower(outOfDate(answer))}` : `The fleet is ${unknown().replace(/^N/, "n")}`;
}

const lower = (text) => text.replace(/^As of /, "");
