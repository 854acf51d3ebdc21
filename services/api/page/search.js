// The search box: assets by name or id, as one types.

import { byId, h } from "./dom.js";
import * as fleet from "./fleet.js";
import * as feed from "./fleet_feed.js";
import { plain } from "./words.js";

const FOUND = 8;
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
    list.append(h("li", { class: "none", role: "presentation" }, nothingFound()));
  list.hidden = !box.value;
  box.setAttribute("aria-expanded", String(!list.hidden));
  mark(box, list, found.length ? 0 : -1);
}

const nothingFound = () =>
  feed.unknown() ? `Not found in what is known. ${feed.unknown()}` : "Nothing found.";

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
