// Bundles the facade: one file for each entry, and two for what entries share, in both module formats.
// The text of the wasm stays a file of its own.
//
// Whitespace and comments go, names stay, for stack traces. The source maps contain the sources as
// they are: with them a debugger shows, and a reader finds, what runs.

import { writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { build } from "esbuild";

const entries = ["index", "slim", "relay"];

/**
 * The names of shared files, by the entries that load them. As long as the hashes that esbuild gives,
 * because the columns of the source maps must stay.
 */
const shared = { "index relay slim": "boundary", "index slim": "hushring" };

const options = {
  charset: "utf8",
  legalComments: "none",
  lineLimit: 160,
  minifySyntax: true,
  minifyWhitespace: true,
  platform: "neutral",
  sourcemap: "linked",
  target: "es2022",
};

/**
 * Writes pkg/esm and pkg/cjs, but for the text of the wasm. `generated` has the modules that are not in
 * js/src, by their names.
 */
export async function bundle(js, pkg, generated) {
  const esm = join(pkg, "esm");
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: js,
    bundle: true,
    chunkNames: "[hash]",
    entryPoints: entries.map((name) => `src/${name}.ts`),
    external: ["./inline.js"],
    format: "esm",
    metafile: true,
    outdir: esm,
    plugins: [modules(generated)],
    splitting: true,
    write: false,
  });
  const names = chunkNames(metafile);
  const renamed = (text) =>
    Object.entries(names).reduce((all, [hash, name]) => all.replaceAll(hash, name), text);
  for (const { path, text } of outputFiles) {
    const written = path.endsWith(".map") ? withSources(js, esm, text) : renamed(text);
    await writeFile(join(esm, renamed(basename(path))), written);
  }
  await build({
    ...options,
    absWorkingDir: esm,
    bundle: false,
    entryPoints: [...entries, ...Object.values(shared)].map((name) => `${name}.js`),
    format: "cjs",
    outdir: join(pkg, "cjs"),
    // Node finds the names of exports in a comment.
    platform: "node",
  });
}

function modules(generated) {
  const filter = new RegExp(`^\\./(${Object.keys(generated).join("|")})\\.js$`);
  return {
    name: "modules that are not in js/src",
    setup({ onResolve, onLoad }) {
      onResolve({ filter }, ({ path }) => ({ path: basename(path), namespace: "generated" }));
      onLoad({ filter: /./, namespace: "generated" }, ({ path }) => ({
        contents: generated[basename(path, ".js")],
        loader: "js",
      }));
    },
  };
}

/** Which hash stands for which name. */
function chunkNames({ outputs }) {
  const users = new Map();
  for (const entry of entries) {
    const [output] = Object.keys(outputs).filter((path) => basename(path) === `${entry}.js`);
    const seen = new Set([output]);
    for (const path of seen) {
      for (const { path: next, external } of outputs[path].imports) if (!external) seen.add(next);
    }
    seen.delete(output);
    for (const path of seen) users.set(path, [...(users.get(path) ?? []), entry]);
  }
  const names = {};
  for (const [path, of] of users) {
    const hash = basename(path, ".js");
    const name = shared[of.sort().join(" ")];
    if (name?.length !== hash.length) throw new Error(`no name for what ${of} share`);
    names[hash] = name;
  }
  return names;
}

/** The sources by their place below the package, where they are not: the map contains them. */
function withSources(js, esm, text) {
  const { sources, ...map } = JSON.parse(text);
  const placed = sources.map((source) =>
    source.startsWith("generated:")
      ? source.replace("generated:", "../src/")
      : `../src/${relative(join(js, "src"), join(esm, source))}`,
  );
  return `${JSON.stringify({ ...map, sources: placed })}\n`;
}
