// What the asset reads now: each channel with its unit, and where it stands in its typical range.

import { h, s } from "./dom.js";
import { ago, instant } from "./time.js";
import { plain, quantity } from "./words.js";

const WIDTH = 96;

/** The table of channels of `/api/assets/{asset}`; those out of their typical range come first. */
export function readingsSection(asset) {
  const channels = asset.reading?.channels ?? asset.channels ?? [];
  if (!channels.length) return [h("p", { class: "none" }, "No reading yet.")];
  const sorted = [...channels].sort((a, b) => outside(b) - outside(a));
  return [
    h(
      "p",
      { class: "seen" },
      `Reported ${ago(instant(asset.reading?.time ?? asset.time))}` +
        ` · ${sorted.filter(outside).length} of ${sorted.length} out of typical range`,
    ),
    h(
      "table",
      { class: "readings" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Channel", "Now", "Typical", ""].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h("tbody", {}, sorted.map(row)),
    ),
  ];
}

// Yes and no have no range.
const bounds = ({ typical, unit }) => (Array.isArray(typical) && unit !== "0/1" ? typical : null);

function outside(channel) {
  const range = bounds(channel);
  return range && typeof channel.value === "number"
    ? Number(channel.value < range[0] || channel.value > range[1])
    : 0;
}

function row(channel) {
  const range = bounds(channel);
  const out = Boolean(outside(channel));
  return h(
    "tr",
    { class: out ? "out" : "" },
    h(
      "th",
      { scope: "row", title: channel.meaning ?? channel.name },
      channel.meaning ?? plain(channel.name),
    ),
    h(
      "td",
      { class: "value" },
      quantity(channel.value, channel.unit),
      out
        ? h("span", { class: "out-word" }, channel.value < range[0] ? " ▼ low" : " ▲ high")
        : null,
    ),
    h(
      "td",
      { class: "typical" },
      range ? `${plainNumber(range[0])} – ${quantity(range[1], channel.unit)}` : "–",
    ),
    h(
      "td",
      {},
      range && typeof channel.value === "number" ? gauge(channel.value, range, out) : null,
    ),
  );
}

const plainNumber = (value) => quantity(value, "");

/** The typical range as a band in the middle, the value as a tick on it. */
function gauge(value, [low, high], out) {
  const span = high - low || 1;
  const part = Math.min(1, Math.max(0, (value - low + span / 4) / (1.5 * span)));
  const x = 3 + part * (WIDTH - 6);
  return s(
    "svg",
    { class: `gauge ${out ? "out" : ""}`, viewBox: `0 0 ${WIDTH} 12`, "aria-hidden": "true" },
    s("line", { x1: 0, x2: WIDTH, y1: 6, y2: 6 }),
    s("rect", { x: WIDTH / 6, y: 4, width: (WIDTH * 4) / 6, height: 4, rx: 2 }),
    s("path", { d: `M${x} 1v10` }),
  );
}
