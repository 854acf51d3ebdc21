// The questions before an action: what was it, and until when not.

import { awaitsVerdict, isDone } from "./counts.js";
import { byId, h, setText } from "./dom.js";
import { nameOf } from "./fleet.js";
import { instant, minute, stamp } from "./time.js";
import { titleOf, VERDICTS, verdictWord } from "./words.js";

let asked = null; // the open dialog's alert as it stood when it was opened, and what is said of it

/** Asks for verdict and note; resolves to {verdict, note}, or null when the desk backs out. */
export const askVerdict = (alert) =>
  ask(alert, verdictWords(alert), verdictFields(alert), VERDICT_MEANWHILE, (fields) => ({
    verdict: fields.get("verdict"),
    note: fields.get("note").trim() || null,
  }));

const VERDICT_MEANWHILE = {
  cleared: "Your verdict is stored all the same.",
  done: "Your verdict is stored as the last one.",
};

function verdictWords(alert) {
  if (!isDone(alert) && !awaitsVerdict(alert)) return { title: "Resolve", button: "Resolve" };
  return alert.verdict
    ? { title: "Correct the verdict", button: "Correct" }
    : { title: "Give a verdict", button: "Give verdict" };
}

const verdictFields = (alert) => [
  alert.verdict ? h("p", {}, `Its verdict is: ${verdictWord(alert.verdict)}.`) : null,
  alert.condition === "firing" && !isDone(alert)
    ? h("p", { class: "warns" }, "Its condition still stands: resolved, it may fire again.")
    : null,
  h("fieldset", {}, h("legend", {}, "Verdict"), VERDICTS.map(choice)),
  h("label", { class: "note" }, "Note", h("textarea", { name: "note", rows: 3, maxlength: 500 })),
];

// None is chosen beforehand: a verdict that nobody thought about is worth nothing.
const choice = ([value, word, meaning]) =>
  h(
    "label",
    { class: "choice" },
    h("input", { type: "radio", name: "verdict", value, required: true }),
    h("span", {}, h("b", {}, word), ` ${meaning}`),
  );

const HOUR_MS = 3_600_000;
const SPANS = [
  [1, "1 hour"],
  [8, "8 hours"],
  [24, "1 day"],
  [168, "7 days"],
];

/** Asks until when; resolves to {until, note}, or null when the desk backs out. */
export const askSilence = (alert) =>
  ask(alert, { title: "Silence", button: "Silence" }, silenceFields(), {}, (fields) => ({
    until: new Date(Date.now() + Number(fields.get("hours")) * HOUR_MS).toISOString(),
    note: fields.get("note").trim() || null,
  }));

const silenceFields = () => [
  h("p", {}, "It leaves the queue until then and is counted as silenced. It ends nothing."),
  h(
    "fieldset",
    {},
    h("legend", {}, "For"),
    SPANS.map(([hours, words]) =>
      h(
        "label",
        { class: "choice" },
        h("input", { type: "radio", name: "hours", value: hours, required: true }),
        h("span", {}, `${words}, until ${stamp(Date.now() + hours * HOUR_MS)}`),
      ),
    ),
  ),
  h("label", { class: "note" }, "Note", h("textarea", { name: "note", rows: 2, maxlength: 500 })),
];

function ask(alert, { title, button }, fields, ends, read) {
  const dialog = byId("dialog");
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: "dialog-title" }, `${title}: ${titleOf(alert)}`),
    h("p", { class: "about" }, `${nameOf(alert.asset)}: ${alert.summary}`),
    h("p", { class: "meanwhile", role: "status" }),
    fields,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", click: () => dialog.close() }, "Cancel"),
      h("button", { type: "submit", value: "send", class: "main" }, button),
    ),
  );
  dialog.replaceChildren(form);
  dialog.returnValue = "";
  asked = { alert, ends };
  dialog.showModal();
  return new Promise((answer) => {
    const closed = () => {
      asked = null;
      answer(dialog.returnValue === "send" ? read(new FormData(form)) : null);
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}

/** The id of the alert that is being asked about. */
export const askedAbout = () => asked?.alert.alert ?? null;

/** Says in the open dialog what has happened to its alert meanwhile. */
export function tellMeanwhile(alert) {
  const line = byId("dialog").querySelector(".meanwhile");
  if (asked && alert && line) setText(line, meanwhile(asked, alert));
}

function meanwhile({ alert: before, ends }, after) {
  const at = minute(instant(after.time));
  if (isDone(after) && !isDone(before)) {
    const verdict = after.verdict ? `, verdict: ${verdictWord(after.verdict)}` : "";
    return `Done meanwhile, by ${after.actor} at ${at}${verdict}. ${ends.done ?? ""}`;
  }
  if (after.condition === "cleared" && before.condition === "firing")
    return `Cleared meanwhile, at ${at}. ${ends.cleared ?? ""}`;
  if (after.condition === "firing" && before.condition === "cleared")
    return `Its condition is there again since ${at}.`;
  return "";
}
