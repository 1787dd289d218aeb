const GAP = 2;
const RINGS = 40;

const apart = (one, other) =>
  Math.hypot(one.x - other.x, one.y - other.y) >= (one.size + other.size) / 2 + GAP;

// Where to try, from near to far: rings of half a badge, with places about half a badge apart on them.
function* around(point) {
  yield point;
  for (let ring = 1; ring <= RINGS; ring += 1) {
    const radius = (ring * point.size) / 2;
    const places = 6 * ring;
    for (let place = 0; place < places; place += 1) {
      const angle = (2 * Math.PI * place) / places - Math.PI / 2;
      yield { ...point, x: point.x + radius * Math.cos(angle), y: point.y + radius * Math.sin(angle) };
    }
  }
}

/** Badges of {x, y, size} in pixels moved so that none covers another or an obstacle, each as near to its own
 * point as is free; those with nobody near stay where they are. In the order given.
 */
export function spread(points, obstacles) {
  const everything = [...points, ...obstacles];
  const alone = points.map((point) => everything.every((other) => other === point || apart(point, other)));
  const taken = [...obstacles, ...points.filter((_, index) => alone[index])];
  return points.map((point, index) => {
    if (alone[index]) return point;
    for (const spot of around(point)) {
      if (taken.every((other) => apart(spot, other))) {
        taken.push(spot);
        return spot;
      }
    }
    return point;
  });
}
