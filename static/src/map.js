/*! With topojson-client (Copyright 2012-2019 Michael Bostock, ISC License) and, beside it in maps/, shapes of
 * us-atlas (Copyright 2013-2019 Michael Bostock, ISC License). */
// The map beside the results: js/map-loader.js brings it when it is wanted. The list says everything that the map
// shows, so the pins are for eyes and pointers alone.
import { control, latLng, latLngBounds, map as leafletMap, polygon, svg } from "leaflet/dist/leaflet-src.esm.js";
import { Base } from "./js/map/base.js";
import { circle } from "./js/map/geodesic.js";
import { Labels } from "./js/map/labels.js";
import { mark } from "./js/map/mark.js";
import { laboratories, Pins } from "./js/map/pins.js";

const MIDDLE_OF_THE_COUNTRY = -98;
const FORTY_EIGHT_STATES = [[24.5, -125], [49.5, -66.9]];
const NEAREST = 11; // zoom
// px beyond what is shown: a pin's half, and on the right the zoom buttons
const ROOM = { paddingTopLeft: [36, 36], paddingBottomRight: [60, 40] };
// What Leaflet draws in, from below; each is for eyes alone.
const PANES = ["overlayPane", "labels", "points", "markerPane"];
const ADDRESS = document.currentScript.src;

async function load(name) {
  if (!(name in BASE_MAPS)) return null; // a state of one county has no lines between counties
  const answer = await fetch(new URL(BASE_MAPS[name], ADDRESS));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
}

function makeMap(canvas, section, near) {
  const { labelZoomIn, labelZoomOut } = section.dataset;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = leafletMap(canvas, {
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    minZoom: 1,
    maxZoom: 13,
    maxBounds: [[-60, near - 200], [82, near + 200]],
    scrollWheelZoom: false,
    fadeAnimation: false,
    zoomAnimation: !still,
    inertia: !still,
    renderer: svg({ padding: 0.4 }),
  });
  canvas.setAttribute("role", "group");
  canvas.setAttribute("aria-labelledby", section.getAttribute("aria-labelledby"));
  map.createPane("labels").style.zIndex = 420;
  map.createPane("points").style.zIndex = 590;
  for (const pane of PANES) map.getPane(pane).setAttribute("aria-hidden", "true");
  control.zoom({ position: "topright", zoomInTitle: labelZoomIn, zoomOutTitle: labelZoomOut }).addTo(map);
  control.scale({ metric: false, maxWidth: 120 }).addTo(map).getContainer().setAttribute("aria-hidden", "true");
  // The wheel scrolls the page until somebody has taken hold of the map.
  map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
  return map;
}

// Show *bounds*, now and whenever the canvas changes its size, until somebody moves the map.
function keepInView(map, bounds) {
  const canvas = map.getContainer();
  let moved = false;
  const fit = () => map.fitBounds(bounds, { ...ROOM, maxZoom: NEAREST, animate: false });
  for (const event of ["pointerdown", "keydown", "wheel"]) {
    canvas.addEventListener(event, () => (moved = true), { passive: true });
  }
  fit();
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (!moved && canvas.offsetWidth) fit();
  }).observe(canvas);
}

async function start(section) {
  const { lat, lon, radius, place = "", labelPlace = "" } = section.dataset;
  const centre = lat && lon ? latLng(Number(lat), Number(lon)) : null;
  const near = centre?.lng ?? MIDDLE_OF_THE_COUNTRY;
  const labs = laboratories(document, near);
  const within = centre && radius ? circle(centre.lat, centre.lng, Number(radius)) : [];
  const shown = latLngBounds([...labs.map(({ at }) => at), ...within, ...(centre ? [centre] : [])]);

  const map = makeMap(section.querySelector("[data-map-canvas]"), section, near);
  keepInView(map, shown.isValid() ? shown : FORTY_EIGHT_STATES);
  const base = new Base(map, load, near);
  await base.draw();
  if (within.length) polygon(within, { className: "map-radius", interactive: false, smoothFactor: 0 }).addTo(map);
  if (centre) {
    const title = [labelPlace, place].filter(Boolean).join(": ");
    mark(centre, "map-centre", [22, 22], { title, zIndexOffset: -1000 }).addTo(map);
  }
  const pins = new Pins(map, labs, centre);
  new Labels(map, () => base.labels, () => pins.covered);
  section.dataset.state = "ready";
}

const section = document.querySelector("[data-map]");
start(section).catch(() => section.dispatchEvent(new Event("map-failed")));
