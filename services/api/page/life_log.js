// Every entry of an asset's life in words, with the papers that prove it.

import { h } from "./dom.js";
import { odd } from "./life.js";
import { day, stamp } from "./time.js";
import { plain, sentence } from "./words.js";

const what = (entry) =>
  sentence(
    plain(entry.kind ?? (entry.region ? `${entry.region}: ${entry.to_state}` : entry.to_state)),
  );

/** An entry in one line, for the tip of a mark. */
export const entryLine = (entry) =>
  [`${day(entry.at)} ${what(entry)}`, entry.document, entry.reason].filter(Boolean).join(" · ");

const LOG_REGIONS = new Set(["title", "contract", "employment", "overlay", null, undefined, ""]);

/** Every entry in words, newest first; what telemetry tells of minute by minute is left out. */
export function lifeLog(entries) {
  const told = entries.filter((entry) => LOG_REGIONS.has(entry.region)).reverse();
  return h(
    "details",
    { class: "log" },
    h("summary", {}, `All ${told.length} entries, with their papers`),
    h("ol", {}, told.map(logRow)),
  );
}

const logRow = (entry) =>
  h(
    "li",
    { class: entry.standing ?? "in_force" },
    h("time", { title: stamp(entry.at) }, day(entry.at)),
    h(
      "div",
      {},
      h("b", {}, what(entry)),
      odd(entry) ? h("span", { class: "standing" }, entry.standing) : null,
      h("span", { class: "facts" }, facts(entry)),
      entry.reason ? h("span", { class: "reason" }, entry.reason) : null,
    ),
  );

const facts = (entry) =>
  [
    entry.lessee && `lessee ${entry.lessee}`,
    entry.charterer && `charterer ${entry.charterer}`,
    entry.lease && `lease ${entry.lease}`,
    entry.place,
    entry.document && `paper ${entry.document}`,
    entry.source && `told by ${entry.source}`,
  ]
    .filter(Boolean)
    .join(" · ");
