// Bundles static/src into the folder named on the command line: hashed names, manifest.json from a logical
// name ("app.css", "images/logo.svg") to the hashed one, and a .gz and .br beside every text file.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";

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

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints,
  outbase: SOURCES,
  outdir,
  entryNames: "[dir]/[name]-[hash]",
  assetNames: "[dir]/[name]-[hash]",
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
const manifest = {};
for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) {
    const logical = slashed(relative(SOURCES, join(ROOT, entryPoint)));
    manifest[logical] = slashed(relative(outdir, join(ROOT, output)));
  }
}

const compressed = { gzip: promisify(gzip), brotli: promisify(brotliCompress) };
for (const output of Object.keys(metafile.outputs)) {
  if (!COMPRESSED.includes(extname(output))) continue;
  const path = join(ROOT, output);
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
