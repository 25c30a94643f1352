import { defineConfig } from "vite";

/** The two pages. The service worker is a file of its own: vite.worker.config.ts. */
export default defineConfig({
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    outDir: "dist",
    // The content security policy allows no inline script, and no data: URL but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { desk: "index.html", phone: "phone/index.html" } },
  },
});
