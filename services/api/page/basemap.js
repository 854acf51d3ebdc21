// The world under the fleet, made of world-atlas TopoJSON files: no tiles, no glyphs, no network.

/* global topojson */

const INK = {
  sea: "#0b1118",
  land: "#18222d",
  coast: "#33475a",
  border: "#273747",
  graticule: "#131c26",
};

async function atlas(file) {
  const answer = await fetch(`vendor/world-atlas/${file}.json`);
  if (!answer.ok) throw new Error(`${file}.json is not there`);
  return answer.json();
}

const CLOSE = 5; // from this zoom on the finest outlines are drawn

const NO_LAND =
  "Coasts and borders are missing: the map's outlines (vendor/world-atlas) could not be loaded. " +
  "Assets are drawn where they are.";

/** The MapLibre style: coarse outlines first, so that something shows at once. */
export async function baseStyle(say) {
  const outlines = await coarse().catch(() => null);
  if (!outlines) say("land", NO_LAND);
  return {
    version: 8,
    sources: {
      graticule: source(graticule(15)),
      land: source(outlines?.land ?? NOTHING),
      borders: source(outlines?.borders ?? NOTHING),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": INK.sea } },
      line("graticule", "graticule", INK.graticule, 1),
      ...ground(""),
    ],
  };
}

const ground = (prefix) => [
  {
    id: `${prefix}land`,
    type: "fill",
    source: `${prefix}land`,
    paint: { "fill-color": INK.land },
  },
  line(`${prefix}borders`, `${prefix}borders`, INK.border, 0.8),
  line(`${prefix}coast`, `${prefix}land`, INK.coast, 0.9),
];

const NOTHING = { type: "FeatureCollection", features: [] };

async function coarse() {
  const world = await atlas("countries-110m");
  return { land: land(world), borders: borders(world) };
}

/**
 * Puts finer outlines in the coarse ones' place: at once, and the finest when looked at closely.
 * Where they cannot be loaded, the coarser ones stay.
 */
export async function refine(map, say) {
  const world = await atlas("countries-50m").catch(() => null);
  if (!world || !window.topojson) return;
  map.getSource("land").setData(land(world));
  map.getSource("borders").setData(borders(world));
  say("land", null);
  const look = () => {
    if (map.getZoom() < CLOSE) return;
    map.off("zoomend", look);
    refineClose(map).catch(() => {});
  };
  map.on("zoomend", look);
  look();
}

async function refineClose(map) {
  const world = await atlas("countries-10m");
  map.addSource("close-land", source(land(world)));
  map.addSource("close-borders", source(borders(world)));
  for (const layer of ground("close-")) map.addLayer({ ...layer, minzoom: CLOSE }, "zone-tint");
  for (const { id } of ground("")) map.setLayerZoomRange(id, 0, CLOSE);
}

/** The land as rings that run on over the date line, since a map cannot draw one that jumps. */
function land(world) {
  const {
    features: [{ geometry }],
  } = topojson.feature(world, world.objects.land);
  return { ...geometry, coordinates: geometry.coordinates.map((rings) => rings.map(unwrap)) };
}

function unwrap(ring) {
  const out = [];
  let turns = 0;
  let before = ring[0][0];
  for (const [lon, lat] of ring) {
    if (lon - before > 180) turns -= 360;
    if (lon - before < -180) turns += 360;
    before = lon;
    out.push([lon + turns, lat]);
  }
  if (turns) out.push([out.at(-1)[0], -90], [out[0][0], -90], out[0]); // Antarctica holds the pole
  return out;
}

const borders = (world) => topojson.mesh(world, world.objects.countries, (a, b) => a !== b);

const source = (data) => ({ type: "geojson", data, tolerance: 0.2 });

const line = (id, from, colour, width) => ({
  id,
  type: "line",
  source: from,
  paint: { "line-color": colour, "line-width": width },
});

/** Meridians and parallels every `step` degrees, as one multi-line. */
function graticule(step) {
  const lines = [];
  for (let lon = -180; lon <= 180; lon += step)
    lines.push([
      [lon, -85],
      [lon, 85],
    ]);
  for (let lat = -75; lat <= 75; lat += step)
    lines.push([
      [-180, lat],
      [180, lat],
    ]);
  return {
    type: "Feature",
    properties: {},
    geometry: { type: "MultiLineString", coordinates: lines },
  };
}
