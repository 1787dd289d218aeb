// The search in Node over a kd-tree in memory: node node_server.mjs <node_modules> <laboratories.ndjson> <port>
//
// The file's first line is {ZIP: [lat, lon]}; each other line is [lat, lon, [method, …], ready item as JSON text].

import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules, file, port] = process.argv.slice(2);
// An import would look for the libraries beside this file.
const found = createRequire(path.join(path.resolve(modules), 'found.js'));
const load = (name) => import(pathToFileURL(found.resolve(name)));
const { default: KDBush } = await load('kdbush');
const { around, distance } = await load('geokdbush');

const KM_PER_MILE = 1.609344;
const PAGE = 20;
const bits = new Map();
const points = [];
const cards = [];
const held = [];
let zips;

for await (const line of createInterface({ input: createReadStream(file) })) {
  const row = JSON.parse(line);
  if (!zips) {
    zips = new Map(Object.entries(row));
    continue;
  }
  const [lat, lon, methods, card] = row;
  points.push(lon, lat);
  cards.push(card.slice(1));
  held.push(methods.reduce((mask, method) => mask | bitOf(method), 0));
}

function bitOf(method) {
  if (!bits.has(method)) bits.set(method, 1 << bits.size);
  return bits.get(method);
}

const index = new KDBush(cards.length);
for (let at = 0; at < points.length; at += 2) index.add(points[at], points[at + 1]);
index.finish();
const masks = Uint32Array.from(held);

// How many lie within so many kilometres, and the nearest PAGE of them. Counting in a box is cheaper than letting
// `around` put all of them in order.
function near(lon, lat, km, kept) {
  const dLat = km / 110;
  const dLon = dLat / Math.cos((lat * Math.PI) / 180);
  let total = 0;
  for (const id of index.range(lon - dLon, lat - dLat, lon + dLon, lat + dLat)) {
    if (kept(id) && distance(lon, lat, points[2 * id], points[2 * id + 1]) <= km) total += 1;
  }
  return { total, nearest: around(index, lon, lat, PAGE, km, kept) };
}

function search(query) {
  const here = zips.get(query.get('near'));
  if (!here) return null;
  const [lat, lon] = here;
  const wanted = query.getAll('method').reduce((mask, method) => mask | (bits.get(method) ?? 0), 0);
  const kept = (id) => (masks[id] & wanted) !== 0;
  const { total, nearest } = near(lon, lat, Number(query.get('within')) * KM_PER_MILE, kept);
  const items = nearest.map((id) => {
    const miles = distance(lon, lat, points[2 * id], points[2 * id + 1]) / KM_PER_MILE;
    return `{"distance_miles":${miles.toFixed(1)},${cards[id]}`;
  });
  return `{"total":${total},"items":[${items.join(',')}]}`;
}

createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://127.0.0.1');
  const body = search(searchParams);
  response.writeHead(body ? 200 : 404, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body ?? ''),
  });
  response.end(body ?? '');
}).listen(Number(port), '127.0.0.1');
