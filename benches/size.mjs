// Size: node size.mjs
//
// What each contender brings to a page, as Markdown for README.md: the library as one minified ES
// module, without what it does not need (tree shaking), and the files loaded beside it. The frame,
// the certificates and the rest that the alternatives leave to their user are not counted; DEFLATE
// and Ed25519 are the browser's own there.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, version } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const hushring = "../target/demo/node_modules/hushring";
// The functions that contenders/hushring.mjs uses.
const used = "Account, Device, Prekey, PrekeyBundle, capacity, init, measure, Inbox";

const hpkeX25519 = `
  export { CipherSuite, HkdfSha256, DhkemX25519HkdfSha256 } from "@hpke/core";
  export { Chacha20Poly1305 } from "@hpke/chacha20poly1305";`;
const hpkeXWing = `
  export { CipherSuite, HkdfSha256, Aes256Gcm } from "@hpke/core";
  export { XWing } from "@hpke/hybridkem-x-wing";`;
const hpkeBoth = `
  export { CipherSuite, HkdfSha256, Aes256Gcm, DhkemX25519HkdfSha256 } from "@hpke/core";
  export { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
  export { XWing } from "@hpke/hybridkem-x-wing";`;

console.log(`Size in bytes, bundled by esbuild ${version}.\n`);
row("", "minified", "gzip -9", "brotli 11");
row(...Array(4).fill("---"));
await contender("hushring", `export { ${used} } from "${hushring}/esm/index.js"`);
await contender(
  "hushring/slim and hushring.wasm",
  `export { ${used} } from "${hushring}/esm/slim.js"`,
  [`${hushring}/hushring.wasm`],
);
await contender("hpke-js, x25519 only", hpkeX25519);
await contender("hpke-js, xwing only", hpkeXWing);
await contender("hpke-js, both suites", hpkeBoth);
await contender("libsodium.js", 'export { default } from "libsodium-wrappers"');

async function contender(name, contents, besides = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    legalComments: "none",
    // Node's modules, which a library asks for only where it finds Node.
    external: ["node:*", "crypto", "fs", "module", "path", "url"],
  });
  const files = [
    ...outputFiles.map((file) => file.contents),
    ...besides.map((path) => readFileSync(new URL(path, import.meta.url))),
  ];
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  const sum = (size) => files.reduce((total, file) => total + size(file), 0).toLocaleString("en");
  row(
    name,
    sum((file) => file.length),
    sum((file) => gzipSync(file, { level: 9 }).length),
    sum((file) => brotliCompressSync(file, best).length),
  );
}

function row(...cells) {
  console.log(`| ${cells.join(" | ")} |`);
}
