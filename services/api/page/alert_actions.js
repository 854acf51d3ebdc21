// What the desk can do to an alert: to which it fits, what it is called, and what it will do.

import { awaitsVerdict, isDone, isSilenced } from "./counts.js";
import { isProposal } from "./queue.js";
import { askSilence, askVerdict } from "./dialogs.js";

const ENDS = "It has cleared: acknowledging ends it. It is then under Done.";
const ASKS = "It has cleared: acknowledged, it stays here until it has a verdict.";

/** Whether an acknowledgement is all that a cleared alert waits for. */
const endsIt = (alert) => alert.condition === "cleared" && !(alert.asks_verdict && !alert.verdict);

const isOpen = (alert) => !isDone(alert);
const silenced = (alert) => isSilenced(alert, Date.now());

/**
 * The actions by name: `key`; `fits(alert)`; `label(alert)`; `tells(alert)`, what it will do where
 * that is not plain; `ask(alert)`, the question before it, whose answer null calls it off.
 * A silenced alert offers only what asks first, so that looking at it ends nothing by accident.
 */
export const ACTIONS = {
  acknowledge: {
    key: "a",
    fits: (alert) => alert.handling === "new" && !silenced(alert),
    label: (alert) => (endsIt(alert) ? "Acknowledge, done" : "Acknowledge"),
    tells: (alert) => (alert.condition !== "cleared" ? "" : endsIt(alert) ? ENDS : ASKS),
  },
  resolve: {
    key: "r",
    fits: (alert) => isOpen(alert) && !isProposal(alert),
    label: (alert) => (awaitsVerdict(alert) ? "Give verdict" : "Resolve"),
    ask: askVerdict,
  },
  confirm: { key: "c", fits: (alert) => isOpen(alert) && isProposal(alert) && !silenced(alert) },
  refuse: { key: "x", fits: (alert) => isOpen(alert) && isProposal(alert) && !silenced(alert) },
  silence: {
    key: "s",
    fits: (alert) => isOpen(alert) && !silenced(alert),
    label: () => "Silence",
    ask: askSilence,
  },
  judge: {
    key: "v",
    fits: (alert) => isDone(alert) && !isProposal(alert),
    label: (alert) => (alert.verdict ? "Correct verdict" : "Give verdict"),
    ask: askVerdict,
  },
};

const CAPITALS = { confirm: "Confirm", refuse: "Refuse" };

/** [name, {label, tells}] of each action that fits an alert. */
export const actionsOf = (alert) =>
  Object.entries(ACTIONS)
    .filter(([, action]) => action.fits(alert))
    .map(([name, action]) => [
      name,
      { label: action.label?.(alert) ?? CAPITALS[name], tells: action.tells?.(alert) ?? "" },
    ]);

/** The action of a key on an alert, if it fits. */
export const actionOf = (key, alert) =>
  Object.keys(ACTIONS).find((name) => ACTIONS[name].key === key && ACTIONS[name].fits(alert));

/** What is said while the answer is on its way. */
export function sentWords(name, alert) {
  if (name !== "acknowledge" || alert.condition !== "cleared")
    return `${actionsOf(alert).find(([one]) => one === name)?.[1].label ?? "Action"}: sent`;
  return endsIt(alert)
    ? "Sent: it had cleared, so this ends it"
    : "Sent: it had cleared, a verdict is asked for now";
}
