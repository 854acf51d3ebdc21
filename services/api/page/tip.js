// What is said of the asset under the mouse.

import { h } from "./dom.js";
import * as fleet from "./fleet.js";
import { ago, instant } from "./time.js";
import { plain, quantity, severitySign } from "./words.js";

/** Makes the tip on the map; the function is told of the asset under the mouse, or of null. */
export function makeTip() {
  const tip = h("div", { id: "tip", class: "tip", hidden: true });
  document.querySelector(".map-area").append(tip);
  return (id, point) => {
    tip.hidden = !id;
    if (!id) return;
    tip.replaceChildren(...words(id));
    tip.style.transform = `translate(${point.x + 14}px, ${point.y + 10}px)`;
  };
}

function words(id) {
  const one = fleet.get(id);
  const severity = fleet.severityOf(id);
  const state = plain(one.headline ?? one.movement ?? "");
  const silence = fleet.silent(one) ? `${plain(one.visibility)}, ` : "";
  return [
    h("b", {}, fleet.nameOf(id)),
    h("span", {}, `${state} · ${quantity(one.speed, one.speed_unit)}`),
    h("span", {}, one.lessee ? `leased to ${one.lessee}` : "no lessee known"),
    h("span", {}, `${silence}heard ${ago(instant(one.time))}`),
    severity
      ? h("span", { class: "worst" }, severitySign(severity), ` worst open alert: ${severity}`)
      : "",
  ];
}
