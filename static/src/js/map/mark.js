import { divIcon, marker } from "leaflet/dist/leaflet-src.esm.js";

/** An element of *size* [width, height] in px at a point of the map; out of the keyboard's way. */
export function mark(at, className, size, { text = "", ...options } = {}) {
  const html = document.createElement("span");
  html.textContent = text;
  return marker(at, { icon: divIcon({ className, html, iconSize: size }), keyboard: false, ...options });
}
