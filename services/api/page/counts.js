// How many alerts there are: the server's figures, carried on by the changes that the stream tells.
// Pure: alerts and figures in, figures out.

import { instant } from "./time.js";

/** The lists that an alert can be in, as `/api/alerts?state=` names them. */
export const LISTS = ["open", "silenced", "done"];

export const isDone = (alert) => alert.handling === "done";

/** Out of the queue until its time; an alert that is done is not silenced any more. */
export const isSilenced = (alert, now) =>
  !isDone(alert) && (instant(alert.silenced_until) ?? 0) > now;

/** The list that an alert is in at `now`. */
export function listOf(alert, now) {
  if (isDone(alert)) return "done";
  return isSilenced(alert, now) ? "silenced" : "open";
}

/** Whether a verdict is all that an alert waits for: it is over, and somebody has seen it. */
export const awaitsVerdict = (alert) => Boolean(alert.awaiting_verdict);

/** The figures that an alert is counted in; null is counted nowhere. */
function figuresOf(alert, now) {
  if (!alert) return [];
  const list = listOf(alert, now);
  if (list !== "open") return [list];
  const waiting = awaitsVerdict(alert) ? ["awaiting_verdict"] : [];
  return ["open", alert.condition, `by_severity.${alert.severity}`, ...waiting];
}

/** Whether two versions of an alert are counted alike. */
export const countedAlike = (one, other, now) =>
  figuresOf(one, now).join() === figuresOf(other, now).join();

/** The figures after an alert has changed from `before` (null: it was not there) to `after`. */
export function moved(counts, before, after, now) {
  const next = { ...counts, by_severity: { ...counts.by_severity } };
  const add = (figure, step) => {
    const [name, part] = figure.split(".");
    const holder = part ? next[name] : next;
    holder[part ?? name] = Math.max(0, (holder[part ?? name] ?? 0) + step);
  };
  for (const figure of figuresOf(before, now)) add(figure, -1);
  for (const figure of figuresOf(after, now)) add(figure, +1);
  return next;
}
