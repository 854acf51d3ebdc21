// The world under the fleet, made of world-atlas TopoJSON files: no tiles, no glyphs, no network.

/* global topojson */

const INK = {
  sea: "#0b1118",
  land: "#18222d",
  coast: "#33475a",
  border: "#273747",
  graticule: "#131c26",
};

const atlas = async (file) => (await fetch(`vendor/world-atlas/${file}.json`)).json();

/** The MapLibre style: coarse outlines first, so that something shows at once. */
export async function baseStyle() {
  const world = await atlas("countries-110m");
  return {
    version: 8,
    sources: {
      land: source(land(world)),
      borders: source(borders(world)),
      graticule: source(graticule(15)),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": INK.sea } },
      line("graticule", INK.graticule, 1),
      { id: "land", type: "fill", source: "land", paint: { "fill-color": INK.land } },
      line("borders", INK.border, 0.8),
      { ...line("land", INK.coast, 0.9), id: "coast" },
    ],
  };
}

/** Puts the finer outlines in the coarse ones' place. */
export async function refine(map) {
  const world = await atlas("countries-50m");
  map.getSource("land").setData(land(world));
  map.getSource("borders").setData(borders(world));
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

const line = (name, colour, width) => ({
  id: name,
  type: "line",
  source: name,
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
