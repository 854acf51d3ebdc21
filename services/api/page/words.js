// The words and signs of the desk: severities, classes, states.

import { s } from "./dom.js";

/** Worst first; each has a colour and a shape of its own, so colour is never the only sign. */
export const SEVERITIES = ["emergency", "alarm", "warning", "caution"];
export const COLOURS = {
  emergency: "#ff5c8a",
  alarm: "#ff7a59",
  warning: "#f2b84b",
  caution: "#7fb7e6",
  none: "#a9bccb",
};

const SHAPES = {
  emergency: "M4.7 1h6.6L15 4.7v6.6L11.3 15H4.7L1 11.3V4.7z",
  alarm: "M8 .8 15.2 8 8 15.2.8 8z",
  warning: "M8 1.2 15.4 14.4H.6z",
  caution: "M8 1.8a6.2 6.2 0 1 0 .01 0z",
};

/** The sign of a severity: octagon with a bar, diamond, triangle, ring. */
export function severitySign(severity) {
  const hollow = severity === "caution";
  return s(
    "svg",
    { viewBox: "0 0 16 16", class: `sign ${severity}`, "aria-hidden": "true" },
    s("path", { d: SHAPES[severity] ?? SHAPES.caution, class: hollow ? "hollow" : "solid" }),
    severity === "emergency" ? s("path", { d: "M4 8h8", class: "bar-in" }) : null,
  );
}

export const rank = (severity) => SEVERITIES.length - Math.max(0, SEVERITIES.indexOf(severity));

export const CLASSES = ["ship", "aircraft", "metro"];
export const CLASS_TITLES = { ship: "Ships", aircraft: "Aircraft", metro: "Metro" };
export const CLASS_NAMES = { ship: "Ship", aircraft: "Aircraft", metro: "Metro trainset" };

/** `ON_LEASE` -> `on lease`; rules and kinds likewise. */
export const plain = (name) =>
  String(name ?? "")
    .replaceAll("_", " ")
    .toLowerCase();

/** The first letter large. */
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** What an alert is called: the API's title; until that is read, the family of its rule. */
export const titleOf = (alert) => alert.title ?? sentence(plain(alert.rule.split(":")[0]));

/** The states of an alert as the desk reads them. */
export const CONDITIONS = { firing: "ongoing", cleared: "cleared" };
export const HANDLINGS = {
  new: "new",
  acknowledged: "acknowledged",
  in_progress: "in progress",
  done: "done",
};

/** What was done to an alert, as the last change of it says. */
export const DEEDS = {
  acknowledged: "acknowledged",
  assigned: "assigned",
  commented: "noted",
  silenced: "silenced",
  resolved: "resolved",
  judged: "judged",
};

/** What the regulator calls the three states of a leased object. */
export const OBJECT_STATES = {
  "in construction": "在建",
  "on lease": "在租",
  "awaiting lease": "待租",
};

export const VERDICTS = [
  ["true", "True", "it happened as the alert says"],
  ["false_alarm", "False alarm", "nothing was wrong"],
  ["expected", "Expected", "it happened and was known beforehand"],
  ["data_fault", "Data fault", "the data was wrong, not the asset"],
];
const VERDICT_WORDS = Object.fromEntries(VERDICTS.map(([value, word]) => [value, word]));

/** `false_alarm` -> `false alarm`. */
export const verdictWord = (verdict) => (VERDICT_WORDS[verdict] ?? plain(verdict)).toLowerCase();

/** A number with its unit, in as many figures as help: `12.4 kn`, `1,013 mbar`. */
export function quantity(value, unit) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (unit === "0/1") return value ? "yes" : "no";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toLocaleString("en-GB", { maximumFractionDigits: digits });
  return unit ? `${text} ${UNIT_SIGNS[unit] ?? unit}` : text;
}

const UNIT_SIGNS = {
  degC: "°C",
  deg: "°",
  "m/s2": "m/s²",
  n: "",
  1: "",
  code: "",
  "deg/min": "°/min",
};
