// The map's icons, drawn in code: a hull, an aeroplane, a train seen from above, pointing north.
// An open alert adds a sign around the icon, other for each severity; a silent asset is hollow.

import { CLASSES, COLOURS, SEVERITIES } from "./words.js";

const SIZE = 44; // CSS pixels, room for the ring
const RATIO = 2;

const OUTLINES = {
  ship: new Path2D(
    "M0-12C3.6-8.4 4.6-5 4.6-1V9.2C4.6 10.6 3.8 11 2.6 11H-2.6C-3.8 11-4.6 10.6-4.6 9.2V-1C-4.6-5-3.6-8.4 0-12z",
  ),
  aircraft: new Path2D(
    "M0-12C1.1-12 1.7-10.6 1.7-9V-3.6L11 2.2V4.6L1.7 1.9V7.2L4.6 9.6V11.4L0 10.2-4.6 11.4V9.6L-1.7 7.2V1.9L-11 4.6V2.2L-1.7-3.6V-9C-1.7-10.6-1.1-12 0-12z",
  ),
  metro: new Path2D(
    "M-2.6-11.5H2.6C3.6-11.5 4.2-10.4 4.2-9V11H-4.2V-9C-4.2-10.4-3.6-11.5-2.6-11.5z",
  ),
  other: new Path2D("M0-9 9 0 0 9-9 0z"),
};
const DETAILS = {
  ship: new Path2D("M-2.4 4H2.4V8H-2.4z"),
  metro: new Path2D("M-4.2-3.6H4.2M-4.2 3.8H4.2M-2.4-8.6H2.4"),
};

export const iconName = (assetClass, severity, hollow) =>
  `${CLASSES.includes(assetClass) ? assetClass : "other"}-${severity ?? "none"}-${hollow ? "hollow" : "full"}`;

const RINGS = {
  caution: (pen) => {
    pen.setLineDash([3, 3]);
    circle(pen, 16.5);
  },
  warning: (pen) => circle(pen, 16.5),
  alarm: (pen) => {
    circle(pen, 15.5);
    circle(pen, 19.5);
  },
  emergency: (pen) => {
    pen.lineWidth = 2.4;
    circle(pen, 15.5);
    for (let n = 0; n < 8; n += 1) {
      const [x, y] = [Math.cos((n * Math.PI) / 4), Math.sin((n * Math.PI) / 4)];
      pen.moveTo(x * 15.5, y * 15.5);
      pen.lineTo(x * 20.5, y * 20.5);
    }
    pen.stroke();
  },
};

function circle(pen, radius) {
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.stroke();
}

function drawIcon(assetClass, severity, hollow) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(RATIO, RATIO);
  pen.translate(SIZE / 2, SIZE / 2);
  drawBody(pen, assetClass, COLOURS[severity ?? "none"], hollow);
  if (severity) drawRing(pen, severity);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function drawBody(pen, assetClass, colour, hollow) {
  pen.lineWidth = hollow ? 1.6 : 1.2;
  pen.fillStyle = hollow ? "#0b1118" : colour;
  pen.strokeStyle = hollow ? colour : "#0b1118";
  pen.fill(OUTLINES[assetClass]);
  pen.stroke(OUTLINES[assetClass]);
  if (DETAILS[assetClass] && !hollow) pen.stroke(DETAILS[assetClass]);
}

function drawRing(pen, severity) {
  pen.strokeStyle = COLOURS[severity];
  pen.lineWidth = 1.6;
  RINGS[severity](pen);
}

/** A tile of diagonal lines, for the areas that a lease forbids. */
function drawHatch() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = "rgba(255, 122, 89, 0.55)";
  pen.lineWidth = 1.5;
  for (const shift of [-16, 0, 16]) {
    pen.moveTo(shift, 16);
    pen.lineTo(shift + 16, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, 16, 16);
}

/** Gives the map every icon that a fleet can need. */
export function addIcons(map) {
  for (const assetClass of [...CLASSES, "other"]) {
    for (const severity of [null, ...SEVERITIES]) {
      for (const hollow of [false, true]) {
        map.addImage(
          iconName(assetClass, severity, hollow),
          drawIcon(assetClass, severity, hollow),
          { pixelRatio: RATIO },
        );
      }
    }
  }
  map.addImage("hatch", drawHatch(), { pixelRatio: RATIO });
}
