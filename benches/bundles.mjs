// What a page loads: each library as one ES module, minified, without what it does not need (tree
// shaking), and the files loaded beside it.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, version } from "esbuild";
import { entryOf, nodeModules } from "./hushring.mjs";

export { version };

const here = fileURLToPath(new URL(".", import.meta.url));
// What seals, opens and verifies.
const used = "Account, Device, Prekey, PrekeyBundle, capacity, init, measure, Inbox";

export const libraries = {
  hushring: { code: `export { ${used} } from "hushring"` },
  "hushring/slim": {
    code: `export { ${used} } from "hushring/slim"`,
    beside: [entryOf("./hushring.wasm")],
  },
  "hpke-js, x25519 only": {
    code: `
      export { CipherSuite, HkdfSha256, DhkemX25519HkdfSha256 } from "@hpke/core";
      export { Chacha20Poly1305 } from "@hpke/chacha20poly1305";`,
  },
  "hpke-js, xwing only": {
    code: `
      export { CipherSuite, HkdfSha256, Aes256Gcm } from "@hpke/core";
      export { XWing } from "@hpke/hybridkem-x-wing";`,
  },
  "hpke-js, both suites": {
    code: `
      export { CipherSuite, HkdfSha256, Aes256Gcm, DhkemX25519HkdfSha256 } from "@hpke/core";
      export { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
      export { XWing } from "@hpke/hybridkem-x-wing";`,
  },
  "panva's hpke, both suites": {
    code: `
      export {
        CipherSuite, KEM_DHKEM_X25519_HKDF_SHA256, KEM_MLKEM768_X25519, KDF_HKDF_SHA256,
        AEAD_ChaCha20Poly1305, AEAD_AES_256_GCM } from "hpke";`,
  },
  "libsodium.js": { code: 'export { default } from "libsodium-wrappers"' },
};

/** The bytes of a library's module, and of the files beside it. */
export async function filesOf({ code, beside = [] }) {
  return [await bundle({ stdin: { contents: code, resolveDir: here } }), ...beside.map(read)];
}

export function bundleOf(file, options = {}) {
  return bundle({ entryPoints: [`${here}${file}`], ...options });
}

async function bundle(input) {
  const { outputFiles } = await build({
    bundle: true,
    minify: true,
    ...input,
    write: false,
    format: "esm",
    platform: "browser",
    legalComments: "none",
    nodePaths: [nodeModules],
    // Node's modules, which a library asks for only where it finds Node.
    external: ["node:*", "crypto", "fs", "module", "path", "url"],
  });
  return outputFiles[0].contents;
}

function read(path) {
  return readFileSync(path);
}
