// The base map, made of the us-atlas package's shapes (U.S. Census Bureau cartographic boundaries, 1:10,000,000,
// public domain): one file of states, and for each state one of the lines between its counties.
//
// A label is [text, longitude, latitude, room]: the point of the largest polygon that is farthest from its edge,
// and how far that is, in degrees of longitude there; all in WGS84 degrees. A state's goes on
// with its FIPS number and whether it is of islands.
import { feature } from "topojson-client";

const GRID = 20;
// USPS codes by FIPS number: ANSI INCITS 38, https://www.census.gov/library/reference/code-lists/ansi.html
const CODES =
  "01AL 02AK 04AZ 05AR 06CA 08CO 09CT 10DE 11DC 12FL 13GA 15HI 16ID 17IL 18IN 19IA 20KS 21KY 22LA 23ME 24MD 25MA " +
  "26MI 27MN 28MS 29MO 30MT 31NE 32NV 33NH 34NJ 35NM 36NY 37NC 38ND 39OH 40OK 41OR 42PA 44RI 45SC 46SD 47TN 48TX " +
  "49UT 50VT 51VA 53WA 54WV 55WI 56WY 60AS 66GU 69MP 72PR 78VI";
const USPS = new Map(CODES.split(" ").map((entry) => [entry.slice(0, 2), entry.slice(2)]));

// Too small for a name inside: it stands beside them, in full.
const ISLANDS = new Map([
  ["15", "Hawaii"],
  ["60", "American Samoa"],
  ["66", "Guam"],
  ["69", "Northern Mariana Islands"],
  ["72", "Puerto Rico"],
  ["78", "U.S. Virgin Islands"],
]);

const round = (number) => Math.round(number * 1000) / 1000;
const short = (number) => Number(number.toPrecision(9));

// Twice the area of a ring, in square degrees.
function extent(ring) {
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return Math.abs(sum);
}

function isInside([x, y], polygon) {
  let inside = false;
  for (const ring of polygon) {
    for (let i = 1; i < ring.length; i += 1) {
      const [ax, ay] = ring[i - 1];
      const [bx, by] = ring[i];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

// How far a point is from the edge; as soon as that is less than *enough*, something less.
function distanceToEdge([x, y], polygon, enough) {
  let nearest = Infinity;
  for (const ring of polygon) {
    for (let i = 1; i < ring.length && nearest > enough; i += 1) {
      const [ax, ay] = ring[i - 1];
      const [dx, dy] = [ring[i][0] - ax, ring[i][1] - ay];
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
      nearest = Math.min(nearest, Math.hypot(ax + along * dx - x, ay + along * dy - y));
    }
  }
  return nearest;
}

function label(text, { type, coordinates }) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  const polygon = polygons.reduce((largest, one) => (extent(one[0]) > extent(largest[0]) ? one : largest));
  const longitudes = polygon[0].map(([lon]) => lon);
  const latitudes = polygon[0].map(([, lat]) => lat);
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const flat = polygon.map((ring) => ring.map(([lon, lat]) => [lon * narrow, lat]));
  let best = { lon: (west + east) / 2, lat: (south + north) / 2, room: 0 };
  for (let i = 1; i < GRID; i += 1) {
    for (let j = 1; j < GRID; j += 1) {
      const [lon, lat] = [west + ((east - west) * i) / GRID, south + ((north - south) * j) / GRID];
      const point = [lon * narrow, lat];
      const room = distanceToEdge(point, flat, best.room * narrow) / narrow;
      if (room > best.room && isInside(point, flat)) best = { lon, lat, room };
    }
  }
  return [text, round(best.lon), round(best.lat), round(best.room)];
}

// The topology with *objects* alone, and of its arcs those that they use.
function part(atlas, objects, labels) {
  const kept = new Map();
  const number = (arc) => {
    const forward = arc < 0 ? ~arc : arc;
    if (!kept.has(forward)) kept.set(forward, kept.size);
    return arc < 0 ? ~kept.get(forward) : kept.get(forward);
  };
  const renumbered = (arcs) => (Array.isArray(arcs) ? arcs.map(renumbered) : number(arcs));
  const shapes = Object.entries(objects).map(([name, { type, arcs, geometries }]) => [
    name,
    geometries
      ? { type, geometries: geometries.map((one) => ({ type: one.type, arcs: renumbered(one.arcs) })) }
      : { type, arcs: renumbered(arcs) },
  ]);
  return JSON.stringify({
    type: "Topology",
    transform: { scale: atlas.transform.scale.map(short), translate: atlas.transform.translate.map(short) },
    objects: Object.fromEntries(shapes),
    arcs: [...kept.keys()].map((arc) => atlas.arcs[arc]),
    labels,
  });
}

// The arcs between two of *geometries*, as a shape of the topology.
function linesBetween(geometries) {
  const users = new Map();
  const walk = (arcs, index) => {
    if (Array.isArray(arcs)) arcs.forEach((inner) => walk(inner, index));
    else users.set(arcs < 0 ? ~arcs : arcs, (users.get(arcs < 0 ? ~arcs : arcs) ?? new Set()).add(index));
  };
  geometries.forEach(({ arcs }, index) => walk(arcs, index));
  const shared = [...users].filter(([, found]) => found.size > 1).map(([arc]) => [arc]);
  return { type: "MultiLineString", arcs: shared };
}

/** Logical name ("maps/states.json", "maps/counties/13.json") to the text of the file. */
export function baseMaps(stateAtlas, countyAtlas) {
  const { states } = stateAtlas.objects;
  const { counties } = countyAtlas.objects;
  const maps = {
    "maps/states.json": part(
      stateAtlas,
      { states: { type: "GeometryCollection", geometries: states.geometries } },
      states.geometries.map((state) => [
        ...label(ISLANDS.get(state.id) ?? USPS.get(state.id), feature(stateAtlas, state).geometry),
        state.id,
        ISLANDS.has(state.id),
      ]),
    ),
  };
  for (const { id } of states.geometries) {
    const inside = counties.geometries.filter((county) => county.id.startsWith(id));
    if (inside.length < 2) continue;
    maps[`maps/counties/${id}.json`] = part(
      countyAtlas,
      { lines: linesBetween(inside) },
      inside.map((county) => label(county.properties.name, feature(countyAtlas, county).geometry)),
    );
  }
  return maps;
}
