// The health of the line: asked for every few seconds, said in a badge, in a line above the queue
// and in a list behind the badge.

import { answered, failed, LOADING, notKnown } from "./answers.js";
import * as api from "./api.js";
import { byId, h, setText } from "./dom.js";
import { groupsOf, judge, listed } from "./health_words.js";
import { repeating } from "./repeat.js";
import { minute } from "./time.js";

const EVERY_MS = 10_000;

let answer = LOADING;
let health = null;
let changed = () => {};
const seen = new Map(); // a server away, a service in a state -> since when the page knows it

/** Starts to ask; `onChange()` is told of every answer. */
export function start(onChange) {
  changed = onChange;
  const list = byId("health-list");
  byId("health").addEventListener("click", () => {
    list.hidden = !list.hidden;
    byId("health").setAttribute("aria-expanded", String(!list.hidden));
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("#health, #health-list")) close();
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
  render();
  ask(0);
}

function close() {
  byId("health-list").hidden = true;
  byId("health").setAttribute("aria-expanded", "false");
}

/** Asks at once. */
export const reload = () => ask(0);

const ask = repeating(async () => {
  try {
    health = await api.health();
    answer = answered(Date.now());
    remember();
  } catch (error) {
    answer = failed(answer, error, Date.now());
  }
  render();
  changed();
  return EVERY_MS;
});

function remember() {
  const now = Date.now();
  const wrong = [
    ...["database", "kafka"].filter((one) => health[one] === false),
    ...groupsOf(health).map(({ key }) => key),
  ];
  for (const one of seen.keys()) if (!wrong.includes(one)) seen.delete(one);
  for (const one of wrong) if (!seen.has(one)) seen.set(one, now);
}

const since = (what) => seen.get(what) ?? Date.now();

/** Whether alerts may be missing though the server answers. */
export const inDoubt = () => ["unknown", "degraded"].includes(verdict().state);

/** Whether the database is known not to answer. */
export const databaseAway = () => answer.state === "known" && health.database === false;

function verdict() {
  if (answer.state === "loading") return { state: "loading", words: "Health …", sentence: "" };
  if (answer.state === "away")
    return {
      state: "unknown",
      words: "Health not known",
      sentence: `Whether all services run is not known: ${answer.words} since ${minute(answer.since)}.`,
    };
  return judge(health, since);
}

function render() {
  const { state, words, sentence } = verdict();
  const badge = byId("health");
  badge.dataset.state = state;
  document.body.dataset.health = state;
  setText(badge.querySelector(".words"), words);
  const line = byId("health-line");
  setText(line, sentence);
  line.hidden = !sentence;
  line.dataset.state = state;
  byId("health-list").replaceChildren(h("h2", {}, "The line"), ...details());
}

function details() {
  if (answer.state !== "known") return [h("p", {}, notKnown(answer, "the health of the line"))];
  const server = (name, there) =>
    item(name, there ? "ok" : "away", there ? "It answers." : "It does not answer.");
  return [
    h(
      "ul",
      {},
      server("database", health.database),
      server("Kafka", health.kafka),
      groupsOf(health).map((group) => item(...listed(group))),
    ),
  ];
}

const item = (name, state, words) =>
  h("li", { "data-state": state }, h("b", {}, name), h("span", {}, state), h("p", {}, words));
