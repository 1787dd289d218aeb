// Bundles static/src into the folder named on the command line: hashed names, manifest.json from a logical
// name ("app.css", "images/logo.svg", "maps/states.json") to the hashed one, and a .gz and .br beside every text file.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";
import { baseMaps } from "./maps.mjs";

const SOURCES = dirname(fileURLToPath(import.meta.url));
const ROOT = join(SOURCES, "..", "..");
const COPIED = [".svg", ".png", ".webp", ".avif", ".ico", ".woff2"];
const COMPRESSED = [".css", ".js", ".json", ".map", ".svg", ".txt", ".ico"];
const outdir = process.argv[2];
if (!outdir) throw new Error("usage: node static/src/build.mjs OUTPUT_FOLDER");

// Style sheets and scripts that stand in a folder are parts, brought in by the ones at the top.
const files = (await readdir(SOURCES, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const entryPoints = files.filter(
  (file) =>
    COPIED.includes(extname(file)) || (dirname(file) === SOURCES && [".css", ".js"].includes(extname(file))),
);

const manifest = {};
const texts = [];

// The letters are those of esbuild's own hashes: by them the server knows what never changes.
const hash = (text) => base32(createHash("sha256").update(text).digest()).slice(0, 8);
const base32 = (bytes) => Array.from(bytes, (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32]).join("");
const atlas = async (name) => JSON.parse(await readFile(join(ROOT, "node_modules", "us-atlas", name), "utf8"));
const maps = baseMaps(await atlas("states-10m.json"), await atlas("counties-10m.json"));
for (const [logical, text] of Object.entries(maps)) {
  manifest[logical] = logical.replace(".json", `-${hash(text)}.json`);
  texts.push(join(outdir, manifest[logical]));
  await mkdir(dirname(texts.at(-1)), { recursive: true });
  await writeFile(texts.at(-1), text);
}

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints,
  outbase: SOURCES,
  outdir,
  entryNames: "[dir]/[name]-[hash]",
  assetNames: "images/[name]-[hash]",
  // Where the map's script finds the base map, beside itself.
  define: { BASE_MAPS: JSON.stringify(manifest) },
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  loader: Object.fromEntries(COPIED.map((extension) => [extension, "copy"])),
  legalComments: "inline",
  metafile: true,
  logLevel: "warning",
});

const slashed = (path) => path.split(sep).join("/");
for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) {
    const logical = slashed(relative(SOURCES, join(ROOT, entryPoint)));
    manifest[logical] = slashed(relative(outdir, join(ROOT, output)));
  }
}

const compressed = { gzip: promisify(gzip), brotli: promisify(brotliCompress) };
const written = Object.keys(metafile.outputs).filter((output) => COMPRESSED.includes(extname(output)));
texts.push(...written.map((output) => join(ROOT, output)));
for (const path of texts) {
  const text = await readFile(path);
  await writeFile(`${path}.gz`, await compressed.gzip(text, { level: 9 }));
  await writeFile(
    `${path}.br`,
    await compressed.brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
  );
}
await writeFile(
  join(outdir, "manifest.json"),
  `${JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 2)}\n`,
);
