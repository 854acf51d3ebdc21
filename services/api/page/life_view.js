// The life drawn from order (top) to today (bottom): years, title, leases, charters, work, papers.

import { h, s } from "./dom.js";
import {
  charterSpans,
  holderAt,
  leaseSpans,
  odd,
  order,
  phaseSpans,
  titleSpans,
  workSpans,
} from "./life.js";
import { entryLine, lifeLog } from "./life_log.js";
import { day, instant, length } from "./time.js";
import { plain } from "./words.js";

const YEAR_MS = 365.25 * 86_400_000;
const LANES = [
  { name: "title", x: 40, width: 84, title: "Title" },
  { name: "lease", x: 130, width: 140, title: "Lease" },
  { name: "phase", x: 262, width: 8 },
  { name: "charter", x: 276, width: 90, title: "Charter" },
  { name: "work", x: 372, width: 12, title: "Work, arrest", beside: 388, room: 80 },
];
const WIDTH = 490;
const MARKS_X = 476;
const TOP = 24;

/** The whole section: the question, the drawing and the log. */
export function lifeSection(rawEntries, now) {
  const entries = order(rawEntries);
  if (!entries.length) return h("p", { class: "none" }, "Nothing is recorded of its life yet.");
  const today = Math.max(now, entries.at(-1).at);
  const answer = h("p", { class: "holder", role: "status" });
  const date = h("input", {
    type: "date",
    id: "life-date",
    min: day(entries[0].at),
    max: day(today),
  });
  const ask = (time) => {
    date.value = day(time);
    answer.replaceChildren(h("b", {}, `${day(time)}: `), holderAt(entries, time, today).words);
  };
  date.addEventListener("input", () => {
    const time = instant(`${date.value}T12:00:00Z`);
    if (time !== null) ask(Math.min(time, today));
  });
  ask(today);
  return h(
    "div",
    { class: "life" },
    h(
      "div",
      { class: "asked" },
      h("label", { for: "life-date" }, "Who had it on"),
      date,
      h("span", {}, "12:00 UTC"),
    ),
    answer,
    drawing(entries, today, ask),
    lifeLog(entries),
  );
}

function drawing(entries, now, ask) {
  const from = entries[0].at;
  const years = Math.max(0.5, (now - from) / YEAR_MS);
  const perYear = Math.min(150, Math.max(26, 340 / years));
  const y = (time) => TOP + ((time - from) / YEAR_MS) * perYear;
  const height = y(now) + 22;
  const lanes = {
    title: titleSpans(entries, now),
    lease: leaseSpans(entries, now),
    phase: phaseSpans(entries, now),
    charter: charterSpans(entries, now),
    work: withoutOverlap(workSpans(entries, now), y),
  };
  return s(
    "svg",
    {
      class: "life-drawing",
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: "img",
      "aria-label": spoken(entries, lanes, now),
    },
    yearLines(from, now, y),
    LANES.map((lane) => s("text", { x: lane.x, y: 12, class: "lane" }, lane.title ?? "")),
    LANES.map((lane) => lanes[lane.name].map((span) => bar(lane, span, y, ask))),
    marks(entries, y),
    s("line", { x1: 34, x2: WIDTH, y1: y(now), y2: y(now), class: "today" }),
    s("text", { x: 0, y: y(now) + 14, class: "today-label" }, `today ${day(now)}`),
  );
}

function yearLines(from, now, y) {
  const first = new Date(from).getUTCFullYear() + 1;
  const lines = [s("text", { x: 0, y: TOP + 4, class: "year first" }, String(first - 1))];
  for (let year = first; Date.UTC(year, 0) < now; year += 1) {
    const at = y(Date.UTC(year, 0));
    lines.push(s("line", { x1: 34, x2: WIDTH, y1: at, y2: at, class: "year-line" }));
    if (at > TOP + 14) lines.push(s("text", { x: 0, y: at + 4, class: "year" }, String(year)));
  }
  return lines;
}

function bar(lane, span, y, ask) {
  const top = y(span.from);
  const height = Math.max(2, y(span.to) - top - 1);
  const words = `${span.label}: ${day(span.from)} to ${day(span.to)}, ${length(span.to - span.from)}`;
  const kind = lane.name === "lease" || lane.name === "charter" ? `hue-${hue(span.label)}` : "";
  return s(
    "g",
    { class: `span ${lane.name} ${kind} ${stateClass(span)}`, click: () => ask(span.from) },
    s("title", {}, words),
    s("rect", { x: lane.x, y: top, width: lane.width, height, rx: 2 }),
    barText(lane, span, top, height),
  );
}

/** Labels beside bars would run over each other where bars are close: the later one keeps silent. */
function withoutOverlap(spans, y) {
  let last = -Infinity;
  return spans
    .sort((a, b) => a.from - b.from)
    .map((span) => {
      const silent = y(span.from) - last < 11;
      if (!silent) last = y(span.from);
      return { ...span, silent };
    });
}

function barText(lane, { label, entry, silent }, top, height) {
  if (silent) return null;
  if (lane.beside)
    return s(
      "text",
      { x: lane.beside, y: top + Math.min(9, height / 2 + 4) },
      cut(label, lane.room),
    );
  if (height < 12 || !lane.title) return null;
  const room = lane.width - (lane.name === "lease" ? 18 : 10);
  return [
    s("text", { x: lane.x + 6, y: top + 12 }, cut(label, room)),
    lane.name === "lease" && height >= 26
      ? s("text", { x: lane.x + 6, y: top + 24, class: "paper" }, cut(entry.lease ?? "", room))
      : null,
  ];
}

const stateClass = (span) =>
  `${span.overlay ? "overlay" : ""} state-${plain(span.state).replaceAll(" ", "-")}`;
const CHARACTER_PX = 5.7;
const cut = (text, width) => {
  const room = Math.floor(width / CHARACTER_PX);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
};

/** One of six hues, the same for the same company everywhere. */
function hue(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  return sum % 6;
}

function marks(entries, y) {
  let last = -10;
  return entries
    .filter((entry) => entry.document || odd(entry))
    .map((entry) => {
      const at = y(entry.at);
      if (at - last < 5 && !odd(entry)) return null;
      last = at;
      const path = odd(entry)
        ? `M${MARKS_X - 5} ${at - 5}l10 10m0-10-10 10`
        : `M${MARKS_X - 3} ${at - 4}h6v8h-6z`;
      return s(
        "g",
        { class: `mark ${entry.standing ?? ""}` },
        s("title", {}, entryLine(entry)),
        s("path", { d: path }),
      );
    })
    .filter(Boolean);
}

const spoken = (entries, lanes, now) =>
  `Life from ${day(entries[0].at)} to ${day(now)}. ` +
  lanes.lease.map((span) => `${span.label} from ${day(span.from)} to ${day(span.to)}`).join("; ");
