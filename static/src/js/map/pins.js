import { layerGroup, latLng, point, polyline } from "leaflet/dist/leaflet-src.esm.js";
import { wrapped } from "./geodesic.js";
import { mark } from "./mark.js";
import { spread } from "./spread.js";

const SIZE = 28;
const CENTRE_SIZE = 22;
const CORNERS = 1.25; // a square reaches farther than a circle
const MOVED = 3; // px from which a line leads from the badge to its point

function letter(index) {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}

/** The laboratories of the page's lists that have a point, each with what its list calls it: 21, 22 … or, in the
 * list of those that take shipped specimens, A, B …
 */
export function laboratories(page, nearLongitude) {
  return [...page.querySelectorAll("ol.results")].flatMap((list) => {
    const travel = list.type === "A";
    return [...list.children].flatMap((item, index) => {
      const { lat, lon } = item.dataset;
      if (!lat || !lon || !Number.isFinite(Number(lat)) || !Number.isFinite(Number(lon))) return [];
      const at = latLng(Number(lat), wrapped(Number(lon), nearLongitude));
      const link = item.querySelector("h3 a, a");
      return [{ item, link, at, travel, text: travel ? letter(index) : String(list.start + index) }];
    });
  });
}

/** The numbered pins, spread anew at each zoom, and the talk between them and the list. */
export class Pins {
  constructor(map, labs, centre) {
    this.map = map;
    this.centre = centre;
    this.leaders = layerGroup().addTo(map);
    const longest = Math.max(2, ...labs.map(({ text }) => text.length));
    this.width = SIZE + (longest - 2) * 8;
    this.pins = labs.map((lab) => this.#pin(lab));
    map.on("zoomend viewreset", () => this.place());
    this.place();
  }

  #pin(lab) {
    const options = { text: lab.text, title: lab.link?.textContent.trim() ?? "" };
    const pin = {
      ...lab,
      size: this.width * (lab.travel ? CORNERS : 1),
      marker: mark(lab.at, lab.travel ? "pin pin-travel" : "pin", [this.width, SIZE], options),
    };
    pin.marker
      .on("mouseover", () => this.#mark(pin, true))
      .on("mouseout", () => this.#mark(pin, false))
      .on("click", () => this.#goTo(pin))
      .addTo(this.map);
    for (const event of ["pointerenter", "focusin"]) lab.item.addEventListener(event, () => this.#mark(pin, true));
    for (const event of ["pointerleave", "focusout"]) lab.item.addEventListener(event, () => this.#mark(pin, false));
    lab.item.addEventListener("focusin", () => this.#bringIntoView(pin));
    return pin;
  }

  #mark(pin, on) {
    // The pointer may leave what the keyboard is still on.
    const marked = on || pin.item.contains(document.activeElement);
    pin.item.classList.toggle("on-map", marked);
    pin.marker.getElement().classList.toggle("pin-marked", marked);
    pin.marker.setZIndexOffset(marked ? 10000 : 0);
  }

  #bringIntoView(pin) {
    const animate = this.map.options.zoomAnimation;
    this.map.panInside(pin.marker.getLatLng(), { padding: [SIZE, SIZE], animate });
  }

  #goTo(pin) {
    pin.link?.focus({ preventScroll: true });
    pin.item.scrollIntoView({ block: "center" });
  }

  /** What the pins and the mark in the middle cover: {x, y, size} in layer pixels. */
  get covered() {
    return [...this.#centres, ...this.pins.map(({ marker, size }) => this.#box(marker.getLatLng(), size))];
  }

  get #centres() {
    return this.centre ? [this.#box(this.centre, CENTRE_SIZE)] : [];
  }

  #box(at, size) {
    const { x, y } = this.map.latLngToLayerPoint(at);
    return { x, y, size };
  }

  place() {
    const spots = spread(this.pins.map(({ at, size }) => this.#box(at, size)), this.#centres);
    this.leaders.clearLayers();
    this.pins.forEach((pin, index) => {
      const spot = point(spots[index].x, spots[index].y);
      const moved = spot.distanceTo(this.map.latLngToLayerPoint(pin.at)) > MOVED;
      const shown = moved ? this.map.layerPointToLatLng(spot) : pin.at;
      pin.marker.setLatLng(shown);
      if (!moved) return;
      polyline([pin.at, shown], { className: "pin-leader", interactive: false }).addTo(this.leaders);
      mark(pin.at, "pin-point", [7, 7], { interactive: false, pane: "points" }).addTo(this.leaders);
    });
  }
}
