// The question before an alert is resolved: what was it?

import { byId, h } from "./dom.js";
import { nameOf } from "./fleet.js";
import { ruleWords, sentence, VERDICTS } from "./words.js";

/** Asks for verdict and note; resolves to {verdict, note}, or null when the desk backs out. */
export function askVerdict(alert) {
  const dialog = byId("resolve");
  const form = makeForm(alert, () => dialog.close());
  dialog.replaceChildren(form);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(answerOf(dialog, form)), { once: true });
  });
}

function makeForm(alert, cancel) {
  return h(
    "form",
    { method: "dialog" },
    h("h2", { id: "resolve-title" }, `Resolve: ${sentence(ruleWords(alert.rule))}`),
    h("p", { class: "about" }, `${nameOf(alert.asset)}: ${alert.summary}`),
    h("fieldset", {}, h("legend", {}, "Verdict"), VERDICTS.map(choice)),
    h(
      "label",
      { class: "note" },
      "Note",
      h("textarea", { name: "note", rows: "3", maxlength: "500" }),
    ),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", click: cancel }, "Cancel"),
      h("button", { type: "submit", value: "send", class: "main" }, "Resolve"),
    ),
  );
}

const choice = ([value, word, meaning], index) =>
  h(
    "label",
    { class: "choice" },
    h("input", { type: "radio", name: "verdict", value, required: true, checked: index === 0 }),
    h("span", {}, h("b", {}, word), ` ${meaning}`),
  );

function answerOf(dialog, form) {
  if (dialog.returnValue !== "send") return null;
  const fields = new FormData(form);
  return { verdict: fields.get("verdict"), note: fields.get("note").trim() || null };
}
