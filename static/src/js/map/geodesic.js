// WGS84: semi-major axis in metres, flattening.
const A = 6378137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RADIANS = Math.PI / 180;

/** The point *metres* from (*lat*, *lon*) towards *bearing*, all in degrees, on the WGS84 ellipsoid: T. Vincenty,
 * "Direct and inverse solutions of geodesics on the ellipsoid", Survey Review 23 (1975). The longitude goes on
 * beyond 180 where the way does.
 */
export function destination(lat, lon, metres, bearing) {
  const [sinBearing, cosBearing] = [Math.sin(bearing * RADIANS), Math.cos(bearing * RADIANS)];
  const tanU = (1 - F) * Math.tan(lat * RADIANS);
  const cosU = 1 / Math.hypot(1, tanU);
  const sinU = tanU * cosU;
  const start = Math.atan2(tanU, cosBearing);
  const sinAlpha = cosU * sinBearing;
  const cos2Alpha = 1 - sinAlpha ** 2;
  const u2 = (cos2Alpha * (A ** 2 - B ** 2)) / B ** 2;
  const a = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  const first = metres / (B * a);
  let sigma = first;
  let middle;
  // Two rounds bring a thousand kilometres to the millimetre; four leave nothing to see.
  for (let round = 0; round < 4; round += 1) {
    middle = Math.cos(2 * start + sigma);
    const sinSigma = Math.sin(sigma);
    const inner =
      Math.cos(sigma) * (2 * middle ** 2 - 1) - (b / 6) * middle * (4 * sinSigma ** 2 - 3) * (4 * middle ** 2 - 3);
    sigma = first + b * sinSigma * (middle + (b / 4) * inner);
  }
  middle = Math.cos(2 * start + sigma);
  const [sinSigma, cosSigma] = [Math.sin(sigma), Math.cos(sigma)];
  const down = sinU * sinSigma - cosU * cosSigma * cosBearing;
  const lat2 = Math.atan2(
    sinU * cosSigma + cosU * sinSigma * cosBearing,
    (1 - F) * Math.hypot(sinAlpha, down),
  );
  const lambda = Math.atan2(sinSigma * sinBearing, cosU * cosSigma - sinU * sinSigma * cosBearing);
  const c = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
  const l = lambda - (1 - c) * F * sinAlpha * (sigma + c * sinSigma * (middle + c * cosSigma * (2 * middle ** 2 - 1)));
  return [lat2 / RADIANS, lon + l / RADIANS];
}

/** The points that lie *metres* from (*lat*, *lon*), two degrees of bearing apart. */
export function circle(lat, lon, metres) {
  return Array.from({ length: 180 }, (_, step) => destination(lat, lon, metres, step * 2));
}

/** *lon* moved by whole turns to within 180 degrees of *near*: Guam beside Hawaii, not a world away. */
export function wrapped(lon, near) {
  return lon + 360 * Math.round((near - lon) / 360);
}
