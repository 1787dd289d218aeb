import { latLngBounds, polygon, polyline } from "leaflet/dist/leaflet-src.esm.js";
import { feature, merge, mesh } from "topojson-client";
import { wrapped } from "./geodesic.js";

const COUNTIES_FROM = 6.5; // zoom

const DRAWN = { interactive: false, smoothFactor: 0.5 };

const mean = (line) => line.reduce((sum, [lon]) => sum + lon, 0) / line.length;

/** The states, and the counties of those in view once the map is near, drawn so that everything lies within 180
 * degrees of longitude of the map's own: the western Aleutians beside the eastern, Guam beside Hawaii.
 */
export class Base {
  constructor(map, load, nearLongitude) {
    this.map = map;
    this.load = load;
    this.near = nearLongitude;
    this.labels = { islands: [], state: [], county: [] };
    this.states = [];
  }

  #latLngs(line) {
    const middle = mean(line);
    const turn = wrapped(middle, this.near) - middle;
    return line.map(([lon, lat]) => [lat, lon + turn]);
  }

  #lines(topology, shape, className) {
    const { coordinates } = shape.coordinates ? shape : feature(topology, shape).geometry;
    polyline(coordinates.map((line) => this.#latLngs(line)), { className, ...DRAWN }).addTo(this.map);
  }

  #named([text, lon, lat, room]) {
    return { text, at: [lat, wrapped(lon, this.near)], room };
  }

  /** Draw the states; rejects when they cannot be had. */
  async draw() {
    const topology = await this.load("maps/states.json");
    const { states } = topology.objects;
    const land = merge(topology, states.geometries).coordinates;
    const rings = land.map((polygons) => polygons.map((ring) => this.#latLngs(ring)));
    polygon(rings, { className: "map-land", ...DRAWN }).addTo(this.map);
    this.#lines(topology, mesh(topology, states, (one, other) => one !== other), "map-states");
    for (const label of topology.labels) this.labels[label[5] ? "islands" : "state"].push(this.#named(label));
    this.states = states.geometries.map((state, index) => {
      const { type, coordinates } = feature(topology, state).geometry;
      const rings = (type === "Polygon" ? [coordinates] : coordinates).map(([outer]) => this.#latLngs(outer));
      return { fips: topology.labels[index][4], bounds: latLngBounds(rings.flat()), asked: false };
    });
    this.map.on("moveend", () => this.#counties());
    await this.#counties();
  }

  async #counties() {
    if (this.map.getZoom() < COUNTIES_FROM) return;
    const view = this.map.getBounds();
    const wanted = this.states.filter(({ asked, bounds }) => !asked && bounds.intersects(view));
    await Promise.all(
      wanted.map(async (state) => {
        state.asked = true;
        try {
          const topology = await this.load(`maps/counties/${state.fips}.json`);
          if (!topology) return;
          this.#lines(topology, topology.objects.lines, "map-counties");
          this.labels.county.push(...topology.labels.map((label) => this.#named(label)));
        } catch {
          state.asked = false; // the states are there; the next move tries again
        }
      }),
    );
    if (wanted.length) this.map.fire("counties");
  }
}
