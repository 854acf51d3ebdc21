// What the health of the line means for staff.  Pure: an answer of `/api/health` in, words out.

import { instant, length, minute } from "./time.js";

const WRONG = ["ended", "stranded", "stuck"]; // what does not mend by waiting, worst first

/** What staff may miss while a service stands still. */
const MISSING = {
  monitor: "Alerts may be missing",
  lifecycle: "Alerts may be missing, and actions wait",
  historian: "Lists, counts and history may be out of date",
};

const SAYS = {
  ended: "has given no sign of life",
  stranded: "is read by nobody",
  stuck: "stands still",
  behind: "is behind",
};

const BADGE = { ended: "ended", stranded: "not read", stuck: "stands still" };

const SILENT = "Whether the services run is not known: none has reported yet.";

/**
 * {state, words, sentence} of an answer: `state` is ok, behind, unknown or degraded, `words` are the
 * badge's, `sentence` says what may be missing and why, "" when nothing is.  `since(what)` tells
 * since when this page has seen a server away or a service in a state.
 */
export function judge(health, since) {
  const away = ["database", "kafka"].filter((one) => health[one] === false);
  const groups = groupsOf(health);
  const wrong = groups.filter(({ state }) => WRONG.includes(state));
  const sentences = [
    ...away.map((one) => serverWords(one, minute(since(one)))),
    ...wrong.map((one) => wrongWords(one, since(one.key))),
  ];
  if (sentences.length)
    return { state: "degraded", words: badge(away, wrong), sentence: sentences.join(" ") };
  if (!groups.length) return { state: "unknown", words: "Health not known", sentence: SILENT };
  if (health.status !== "ok")
    return { state: "degraded", words: "Degraded", sentence: "The line says that it is degraded." };
  const behind = groups.filter(({ state }) => state === "behind");
  if (!behind.length) return { state: "ok", words: "Services run", sentence: "" };
  const words = behind.map((one) => `${groupName(one)} is ${records(one)} behind`).join("; ");
  return { state: "behind", words: "Catching up", sentence: `Some may come late: ${words}.` };
}

/**
 * The partitions of each service that are in the same state, the worst first:
 * {service, state, key, partitions, whole, records, lastHeard, detail}.
 */
export function groupsOf(health) {
  const time = instant(health.time) ?? Date.now();
  const services = health.services ?? [];
  const sizes = new Map();
  const groups = new Map();
  for (const one of services) {
    sizes.set(one.service, (sizes.get(one.service) ?? 0) + 1);
    const key = `${one.service}/${one.state}`;
    const group = groups.get(key) ?? { ...one, key, members: [], records: 0, lastHeard: null };
    group.members.push(one);
    group.records += one.behind ?? 0;
    if (Number.isFinite(one.age_s))
      group.lastHeard = Math.max(group.lastHeard ?? 0, time - one.age_s * 1000);
    groups.set(key, group);
  }
  const place = ({ state }) => (WRONG.includes(state) ? WRONG.indexOf(state) : WRONG.length);
  return [...groups.values()]
    .map((group) => ({
      ...group,
      partitions: [...new Set(group.members.map(({ partition }) => partition))],
      whole: group.members.length === sizes.get(group.service),
    }))
    .sort((a, b) => place(a) - place(b));
}

/** `the monitor`, `the monitor's partition 2`, `the monitor's partitions 2, 5`. */
export function groupName({ service, partitions, whole }) {
  if (whole) return `the ${service}`;
  return `the ${service}'s partition${partitions.length > 1 ? "s" : ""} ${partitions.join(", ")}`;
}

const records = ({ records: count }) =>
  `${count.toLocaleString("en-GB")} record${count === 1 ? "" : "s"}`;

function wrongWords(group, seen) {
  const name = groupName(group);
  const missing = MISSING[group.service] ?? "Something may be missing";
  if (group.state === "ended" && group.lastHeard === null)
    return `${missing}: ${name} has not reported.`;
  const since = group.state === "ended" ? group.lastHeard : seen;
  return `${missing}: ${name} ${SAYS[group.state]} since ${minute(since)}.`;
}

const serverWords = (server, since) =>
  server === "database"
    ? `Lists, counts and history cannot be read: the database does not answer since ${since}.`
    : `New alerts do not arrive, actions are not taken: Kafka does not answer since ${since}.`;

function badge(away, wrong) {
  if (away.length) return away.includes("kafka") ? "Kafka away" : "Database away";
  const services = [...new Set(wrong.map(({ service }) => service))];
  if (services.length > 1) return `${services.length} services in trouble`;
  return `${services[0][0].toUpperCase()}${services[0].slice(1)} ${BADGE[wrong[0].state]}`;
}

/** A group as [name, state, words] for the list. */
export function listed(group) {
  const name = groupName(group).replace(/^the /, "");
  const heard = group.lastHeard === null ? "never heard" : `heard ${ago(group.lastHeard)}`;
  const parts = [`${group.members.length} part${group.members.length === 1 ? "" : "s"}`, heard];
  if (group.records) parts.push(`${records(group)} to read`);
  const detail = group.state === "ok" ? "" : ` ${group.detail ?? ""}`;
  return [name, group.state, `${parts.join(", ")}.${detail}`];
}

const ago = (time) => `${length(Date.now() - time)} ago`;
