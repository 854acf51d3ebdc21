// The one way this page makes elements.  Text is always a text node, so data is never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined),
  );
  return element;
}

/** An HTML element: h("button", {type: "button", click: act}, "Acknowledge"). */
export const h = (tag, properties, ...children) =>
  fill(document.createElement(tag), properties, children);

/** The same for SVG. */
export const s = (tag, properties, ...children) =>
  fill(document.createElementNS(SVG, tag), properties, children);

export const byId = (id) => document.getElementById(id);

/** Writes a text only where it differs, so that screen readers are not told twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Says a sentence to screen readers. */
export const announce = (sentence) => setText(byId("announce"), sentence);

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
