import { defineConfig } from "vite";

/**
 * The service worker: one classic script under a name that does not change, because a page registers
 * it by its address, and not every browser takes modules there.
 */
export default defineConfig({
  logLevel: "warn",
  publicDir: false,
  build: {
    target: "es2023",
    outDir: "dist/phone",
    emptyOutDir: false,
    lib: {
      entry: "src/phone/worker.ts",
      formats: ["iife"],
      name: "worker",
      fileName: () => "worker.js",
    },
  },
});
