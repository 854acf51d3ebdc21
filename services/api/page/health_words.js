// What the health of the line means for staff.  Pure: an answer of `/api/health` in, words out.

import { instant, length, minute } from "./time.js";

const STATES = ["ended", "stranded", "stuck"]; // the ones that do not mend by waiting, worst first

/** What staff may miss while a service stands still. */
const MISSING = {
  monitor: "Alerts may be missing",
  lifecycle: "Alerts may be missing, and actions wait",
  historian: "Lists, counts and history may be out of date",
  api: "This page may be out of date",
};

const NAMES = { lifecycle: "alert service" };

const name = (one) => {
  const service = NAMES[one.service] ?? one.service;
  const topic = one.topic ? ` (${one.topic})` : "";
  return one.partition === null || one.partition === undefined
    ? `the ${service}`
    : `the ${service}'s partition ${one.partition}${topic}`;
};

/** Since when a service's state is what it is; `first` is when this page first saw it so. */
function since(one, time, first) {
  const age = Number.isFinite(one.age_s) ? one.age_s * 1000 : 0;
  return minute(one.state === "ended" ? Math.min(time - age, first) : first);
}

const SAYS = {
  ended: (one, from) => `${name(one)} has given no sign of life since ${from}`,
  stranded: (one, from) => `nobody works on ${name(one)} since ${from}`,
  stuck: (one, from) => `${name(one)} stands still since ${from}`,
  behind: (one) => `${name(one)} is ${Number(one.behind ?? 0).toLocaleString("en-GB")} records behind`,
  ok: (one) => `${name(one)} keeps up`,
};

const SILENT = "Whether the services run is not known: none has reported yet.";

/** One service as a sentence without its full stop. */
export const serviceWords = (one, time, first) =>
  (SAYS[one.state] ?? (() => `${name(one)}: ${one.state}`))(one, since(one, time, first));

/**
 * {state, words, sentence} of an answer: `state` is ok, behind or degraded, `words` are the badge's,
 * `sentence` says what may be missing and why, "" when nothing is.  `firstSeen(what)` tells since
 * when something has been wrong.
 */
export function judge(health, firstSeen) {
  const time = instant(health.time) ?? Date.now();
  const servers = ["database", "kafka"].filter((one) => health[one] === false);
  const services = health.services ?? [];
  const wrong = services
    .filter((one) => STATES.includes(one.state))
    .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  const sentences = [
    ...servers.map((one) => serverWords(one, minute(firstSeen(one)))),
    ...grouped(wrong).map(([one, more]) => wrongWords(one, more, time, firstSeen(keyOf(one)))),
  ];
  if (sentences.length || health.status === "degraded") {
    const sentence = sentences.join(" ") || "The line reports that it is degraded.";
    return { state: "degraded", words: badge(servers, wrong), sentence };
  }
  if (!services.length) return { state: "unknown", words: "Health not known", sentence: SILENT };
  const late = services.filter((one) => one.state === "behind");
  if (late.length) {
    const sentence = `Some may be late: ${grouped(late)
      .map(([one, more]) => serviceWords(one, time, time) + andMore(more))
      .join("; ")}.`;
    return { state: "behind", words: "Catching up", sentence };
  }
  return { state: "ok", words: "Services run", sentence: "" };
}

export const keyOf = (one) => `${one.service}/${one.topic}/${one.partition}/${one.state}`;

/** The first partition of each service and state, and how many more there are. */
function grouped(services) {
  const groups = new Map();
  for (const one of services) {
    const key = `${one.service}/${one.state}`;
    groups.set(key, [groups.get(key)?.[0] ?? one, (groups.get(key)?.[1] ?? -1) + 1]);
  }
  return [...groups.values()];
}

const andMore = (more) => (more ? `, and ${more} more of its partitions` : "");

const wrongWords = (one, more, time, first) =>
  `${MISSING[one.service] ?? "Something may be missing"}: ` +
  `${serviceWords(one, time, first)}${andMore(more)}.`;

const serverWords = (server, from) =>
  server === "database"
    ? `Lists, counts and history cannot be read: the database does not answer since ${from}.`
    : `New alerts do not arrive and actions cannot be taken: Kafka does not answer since ${from}.`;

function badge(servers, wrong) {
  if (servers.length) return servers.includes("kafka") ? "Kafka away" : "Database away";
  const services = [...new Set(wrong.map((one) => NAMES[one.service] ?? one.service))];
  const words = { ended: "ended", stranded: "without a worker", stuck: "stands still" };
  if (services.length === 1) return `${services[0]} ${words[wrong[0].state]}`;
  return services.length ? `${services.length} services in trouble` : "Degraded";
}

/** `12 s` ago, for the list. */
export const ageWords = (one) => (Number.isFinite(one.age_s) ? `${length(one.age_s * 1000)} ago` : "never");
