// The class chips above the map: how many of each class, and which the map shows.

import { byId, h, s, setText } from "./dom.js";
import * as fleet from "./fleet.js";
import * as feed from "./fleet_feed.js";
import * as map from "./map_place.js";
import { CLASS_TITLES, CLASSES } from "./words.js";

const on = new Set(CLASSES);
let nextGroup = {};

/** Makes the chips: a click filters, a double click or the sight beside it zooms to the class. */
export function startChips() {
  byId("chips").replaceChildren(
    ...CLASSES.map((name) =>
      h(
        "span",
        { class: "chip" },
        h(
          "button",
          {
            type: "button",
            class: `class ${name}`,
            "aria-pressed": "true",
            "data-class": name,
            title: "Click: show or hide. Double click: zoom to them.",
            click: () => toggle(name),
            dblclick: () => {
              toggle(name, true);
              zoomTo(name);
            },
          },
          h("span", {}, CLASS_TITLES[name]),
          h("b", { "data-count": name }, "–"),
        ),
        h(
          "button",
          {
            type: "button",
            class: "sight",
            "aria-label": `Zoom to ${CLASS_TITLES[name].toLowerCase()}`,
            title: `Zoom to ${CLASS_TITLES[name].toLowerCase()}; again for the next place`,
            click: () => {
              toggle(name, true);
              zoomTo(name);
            },
          },
          sightSign(),
        ),
      ),
    ),
  );
  byId("hidden-classes")
    .querySelector("button")
    .addEventListener("click", () => CLASSES.forEach((name) => toggle(name, true)));
}

const sightSign = () =>
  s(
    "svg",
    { viewBox: "0 0 16 16", class: "sight-sign", "aria-hidden": "true" },
    s("path", { d: "M8 .5v4M8 11.5v4M.5 8h4M11.5 8h4M8 3.5a4.5 4.5 0 1 0 .01 0z" }),
  );

function toggle(name, shown = !on.has(name)) {
  if (shown) on.add(name);
  else on.delete(name);
  byId("chips").querySelector(`[data-class="${name}"]`).setAttribute("aria-pressed", String(shown));
  map.show(on);
  renderHidden();
}

/** Says that the map does not show every class, and offers to. */
function renderHidden() {
  const line = byId("hidden-classes");
  const hidden = CLASSES.filter((name) => !on.has(name));
  const counts = fleet.counts(fleet.located);
  const sum = (names) => names.reduce((all, name) => all + (counts[name] ?? 0), 0);
  const titles = hidden.map((name) => CLASS_TITLES[name].toLowerCase()).join(", ");
  const words = `Without ${titles}: ${number(sum([...on]))} of ${number(sum(CLASSES))} shown`;
  setText(line.querySelector(".words"), hidden.length ? words : "");
  line.hidden = !hidden.length;
}

const number = (count) => count.toLocaleString("en-GB");

/** Trains lie in a few cities: each call goes to the next one; other classes come whole. */
function zoomTo(name) {
  const groups = fleet.groups(name);
  if (!groups.length) return;
  const turn = (nextGroup[name] ?? 0) % groups.length;
  nextGroup = { [name]: turn + 1 };
  map.fit(name === "metro" ? groups[turn] : groups.flat(), 13);
}

/** Brings the counts on the chips up to date. */
export function renderCounts() {
  const counts = fleet.counts();
  const unknown = feed.unknown();
  for (const name of CLASSES) {
    const chip = document.querySelector(`[data-count="${name}"]`);
    setText(chip, feed.everRead() ? number(counts[name] ?? 0) : "–");
    chip.classList.toggle("old", Boolean(unknown));
    chip.title = unknown;
  }
  renderHidden();
}
