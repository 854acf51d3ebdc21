// The class chips above the map and the search box.

import { byId, h, s, setText } from "./dom.js";
import * as fleet from "./fleet.js";
import * as map from "./map.js";
import { CLASS_TITLES, CLASSES, plain } from "./words.js";

const FOUND = 8;
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
          h("b", { "data-count": name }, "0"),
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
}

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
  for (const name of CLASSES) {
    setText(
      document.querySelector(`[data-count="${name}"]`),
      (counts[name] ?? 0).toLocaleString("en-GB"),
    );
  }
}

let active = -1;

/** Starts the search box; `choose(id)` is told of the asset picked. */
export function startSearch(choose) {
  const [box, list] = [byId("search"), byId("search-results")];
  const pick = (id) => {
    close(box, list);
    box.blur();
    choose(id);
  };
  box.addEventListener("input", () => fill(box, list, pick));
  box.addEventListener("blur", () => setTimeout(() => close(box, list), 150));
  box.addEventListener("keydown", (event) => onKey(event, box, list));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, dialog")) {
      event.preventDefault();
      box.focus();
    }
  });
}

function fill(box, list, pick) {
  const found = fleet.find(box.value, FOUND);
  list.replaceChildren(
    ...found.map((asset, index) =>
      h(
        "li",
        {
          role: "option",
          id: `found-${index}`,
          mousedown: () => pick(asset.asset),
        },
        h("b", {}, fleet.nameOf(asset.asset)),
        h("span", {}, `${asset.asset} · ${plain(asset.headline ?? "")}`),
      ),
    ),
  );
  if (box.value && !found.length)
    list.append(h("li", { class: "none", role: "presentation" }, "Nothing found."));
  list.hidden = !box.value;
  box.setAttribute("aria-expanded", String(!list.hidden));
  mark(box, list, found.length ? 0 : -1);
}

function mark(box, list, index) {
  active = index;
  [...list.children].forEach((item, at) =>
    item.setAttribute("aria-selected", String(at === index)),
  );
  box.setAttribute("aria-activedescendant", index >= 0 ? `found-${index}` : "");
}

function onKey(event, box, list) {
  const options = list.querySelectorAll("[role=option]");
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && options.length) {
    event.preventDefault();
    mark(box, list, (active + steps[event.key] + options.length) % options.length);
  } else if (event.key === "Enter" && active >= 0) {
    options[active]?.dispatchEvent(new MouseEvent("mousedown"));
  } else if (event.key === "Escape") close(box, list);
}

function close(box, list) {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
}
