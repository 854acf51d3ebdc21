// What the server has said of one thing, and since when it says nothing: so that the page never
// takes silence for an answer.  Times are milliseconds of the wall clock.

import { minute } from "./time.js";

/** Nothing has been answered yet. */
export const LOADING = { state: "loading", answeredAt: null, since: null, words: "" };

/** The server said so, just now. */
export const answered = (now) => ({ state: "known", answeredAt: now, since: null, words: "" });

/** No answer, for the reason of `error`; what was said before it is what was said before it. */
export function failed(before, error, now) {
  const since = before.state === "away" ? before.since : now;
  const words = error.away ? `${error.away} does not answer` : error.message.replace(/\.$/, "");
  return { ...before, state: "away", since, words };
}

/** Why nothing can be said, as a sentence; "" where the server has said it. */
export function notKnown(answer, what) {
  if (answer.state === "known") return "";
  if (answer.state === "loading") return `Loading ${what} …`;
  return `Not known: ${answer.words} since ${minute(answer.since)}.`;
}

/** The same where something was said before: that it is old, and why. */
export function outOfDate(answer) {
  if (answer.state !== "away" || answer.answeredAt === null) return "";
  return `As of ${minute(answer.answeredAt)}: ${answer.words} since ${minute(answer.since)}.`;
}
