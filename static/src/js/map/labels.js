import { bounds, layerGroup } from "leaflet/dist/leaflet-src.esm.js";
import { mark } from "./mark.js";

// Zoom from and to, px of a letter and of a line as map.css sets them, and where the name may stand, in px from its
// point: within its shape, or beside islands that are smaller than their name.
const INSIDE = [[0, 0]];
const BESIDE = [[0, 0], [0, 26], [0, -26], [0, 44], [0, -44], [80, 0], [-80, 0], [0, 66], [0, -66]];
const KINDS = {
  islands: { from: 0, to: 30, letter: 8.5, line: 16, places: BESIDE },
  state: { from: 3, to: 7, letter: 11, line: 16, places: INSIDE },
  county: { from: 7.25, to: 30, letter: 6.2, line: 14, places: INSIDE },
};

const overlap = (one, other) =>
  Math.abs(one.x - other.x) * 2 < one.width + other.width && Math.abs(one.y - other.y) * 2 < one.height + other.height;

const within = ({ x, y, width, height }, { min, max }) =>
  x - width / 2 > min.x && x + width / 2 < max.x && y - height / 2 > min.y && y + height / 2 < max.y;

// The boxes of the buttons and of the scale, in layer px.
function controls(map) {
  const frame = map.getContainer().getBoundingClientRect();
  return [...map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
    const { x, y, width, height } = control.getBoundingClientRect();
    const middle = map.containerPointToLayerPoint([x - frame.x + width / 2, y - frame.y + height / 2]);
    return { x: middle.x, y: middle.y, width, height };
  });
}

/** Names of states or counties where they find room beside the pins; the largest first. */
export class Labels {
  constructor(map, named, covered) {
    const layer = layerGroup().addTo(map);
    const draw = () => {
      layer.clearLayers();
      const zoom = map.getZoom();
      const corner = map.containerPointToLayerPoint([0, 0]);
      const view = bounds(corner, corner.add(map.getSize()));
      const pins = covered().map(({ x, y, size }) => ({ x, y, width: size, height: size }));
      const taken = [...pins, ...controls(map)];
      const degree = (256 * 2 ** zoom) / 360;
      for (const [kind, { from, to, letter, line, places }] of Object.entries(KINDS)) {
        if (zoom < from || zoom > to) continue;
        for (const { text, at, room } of [...named()[kind]].sort((one, other) => other.room - one.room)) {
          const width = text.length * letter;
          const fits = room * degree * 2.6 > width && room * degree * 2 > line;
          if (!fits && places === INSIDE) continue;
          const point = map.latLngToLayerPoint(at);
          const box = places
            .slice(fits ? 0 : 1)
            .map(([x, y]) => ({ x: point.x + x, y: point.y + y, width: width + 6, height: line }))
            .find((place) => within(place, view) && !taken.some((other) => overlap(place, other)));
          if (!box) continue;
          taken.push(box);
          const className = `map-label map-label-${kind}`;
          const middle = map.layerPointToLatLng([box.x, box.y]);
          mark(middle, className, [width, line], { text, interactive: false, pane: "labels" }).addTo(layer);
        }
      }
    };
    map.on("zoomend moveend counties", draw);
    draw();
  }
}
