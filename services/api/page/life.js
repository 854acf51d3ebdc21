// An asset's life as spans of time: who had it when, under which paper, what was done to it.
// Pure: entries of `/api/assets/{asset}/life` in, spans and answers out.  Times are milliseconds.

import { instant } from "./time.js";
import { plain } from "./words.js";

const HELD = new Set(["ON_LEASE", "REDELIVERY_DUE", "REDELIVERING", "DEFAULT", "REPOSSESSING"]);
const QUIET = new Set(["EMPLOYED", "NOT_EMPLOYED", "NONE", "", "IDLE"]);
const GONE = new Set(["SOLD", "SCRAPPED", "TOTAL_LOSS", "CANCELLED"]);
export const LIFE_REGIONS = ["title", "contract", "employment", "overlay"];

const timeOf = (entry) => instant(entry.time ?? entry.valid_from);

/**
 * Entries with their time, oldest first.  Those without a readable time are left out, and those
 * that a later entry takes back, because that entry repeats them with the reason.
 */
export function order(entries) {
  const replaced = new Set(entries.map((entry) => entry.supersedes).filter(Boolean));
  return entries
    .map((entry) => ({ ...entry, at: timeOf(entry) }))
    .filter((entry) => entry.at !== null && !replaced.has(entry.id))
    .sort((a, b) => a.at - b.at);
}

/** Whether an entry is quarantined or withdrawn. */
export const odd = (entry) => (entry.standing ?? "in_force") !== "in_force";

const inForce = (entries, region) =>
  entries.filter((entry) => entry.region === region && entry.to_state && !odd(entry));

const toSpans = (entries, until) =>
  entries.map((entry, index) => ({
    entry,
    state: entry.to_state,
    from: entry.at,
    to: entries[index + 1]?.at ?? until,
  }));

/** One span a state of build and title, from the order to `until`. */
export function titleSpans(entries, until) {
  return toSpans(inForce(entries, "title"), until).map((span) => ({
    ...span,
    label: plain(span.state),
    gone: GONE.has(span.state),
  }));
}

/** One span a lease: from its delivery to the end of its redelivery. */
export function leaseSpans(entries, until) {
  return joined(
    toSpans(inForce(entries, "contract"), until).filter((span) => HELD.has(span.state)),
    (span) => span.entry.lease ?? span.entry.lessee,
  ).map((span) => ({ ...span, label: span.entry.lessee ?? "lessee unknown" }));
}

/** The parts of a contract that are not plain possession: committed, redelivery, default. */
export function phaseSpans(entries, until) {
  return toSpans(inForce(entries, "contract"), until)
    .filter((span) => !["NONE", "ON_LEASE", "OFF_LEASE"].includes(span.state))
    .map((span) => ({ ...span, label: plain(span.state) }));
}

/** One span a charterer or sub-lessee inside a lease. */
export function charterSpans(entries, until) {
  const spans = toSpans(withCharterEnds(inForce(entries, "contract")), until).filter(
    (span) => HELD.has(span.state) && span.entry.charterer,
  );
  return joined(spans, (span) => span.entry.charterer).map((span) => ({
    ...span,
    label: span.entry.charterer,
  }));
}

// The paper that ends a charter may name the charterer too: told again without any change, it ended.
const withCharterEnds = (contract) =>
  contract.map((entry, index) => {
    const again = entry.charterer && contract[index - 1]?.charterer === entry.charterer;
    return again && entry.from_state === entry.to_state ? { ...entry, charterer: null } : entry;
  });

/** Spans in which it did not do its ordinary work: maintenance, storage, off hire, arrest. */
export function workSpans(entries, until) {
  const employment = toSpans(inForce(entries, "employment"), until).filter(
    (span) => !QUIET.has(span.state),
  );
  return [...employment, ...overlaySpans(entries, until)].map((span) => ({
    ...span,
    label: plain(span.state),
  }));
}

// Overlays may lie over each other: each ends with the entry that comes from it.
function overlaySpans(entries, until) {
  const overlays = inForce(entries, "overlay");
  return overlays
    .filter((entry) => entry.to_state !== "CLEAR")
    .map((entry) => {
      const end = overlays.find((one) => one.at > entry.at && one.from_state === entry.to_state);
      return { entry, state: entry.to_state, from: entry.at, to: end?.at ?? until, overlay: true };
    });
}

/** Joins spans that touch and have the same key. */
function joined(spans, keyOf) {
  const out = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last && last.to === span.from && keyOf(last) === keyOf(span)) {
      out[out.length - 1] = { ...last, to: span.to, state: span.state };
    } else out.push(span);
  }
  return out;
}

const at = (spans, time) => spans.find((span) => span.from <= time && time < span.to);

/** Who had it at `time`: one sentence, and the span of the lease if there was one. */
export function holderAt(entries, time, until) {
  const titles = titleSpans(entries, until + 1);
  const title = at(titles, time);
  const lease = at(leaseSpans(entries, until + 1), time);
  if (lease) return { words: leaseWords(entries, time, until, lease), lease };
  return { words: title ? ownerWords(title) : beforeWords(titles), lease: null };
}

// Before the order it was nobody's; before any other first paper we do not know whose it was.
const beforeWords = ([first]) =>
  first?.state === "ORDERED" ? "Not ordered yet." : "Nothing is recorded of who had it then.";

function leaseWords(entries, time, until, lease) {
  const charter = at(charterSpans(entries, until + 1), time);
  const paper = lease.entry.lease ? ` under lease ${lease.entry.lease}` : "";
  const nested = charter ? `, chartered on to ${charter.label}` : "";
  const work = at(workSpans(entries, until + 1), time);
  const phase = at(phaseSpans(entries, until + 1), time);
  const more = [work && `It was ${doing(work)}.`, phase && `The contract was in ${phase.label}.`];
  return [`${lease.label} had it${paper}${nested}.`, ...more.filter(Boolean)].join(" ");
}

const doing = (span) => (span.state.startsWith("MAINTENANCE") ? "in maintenance" : span.label);

function ownerWords(title) {
  if (title.gone) return `It was no longer ours: ${title.label}.`;
  const built = ["ACCEPTED", "SALE_AGREED", "RETIRED"].includes(title.state);
  return built ? "The lessor had it, awaiting lease." : `It was ${title.label}.`;
}
