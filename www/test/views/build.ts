import { fileURLToPath } from "node:url";
import { build } from "vite";

const fromWww = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** Builds the fixture's page as the pages are built, and returns where it is. */
export async function buildFixture(): Promise<string> {
  const outDir = fromWww("build/views");
  await build({
    root: fromWww("test/views/fixture"),
    configFile: false,
    logLevel: "warn",
    build: { outDir, emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false } },
  });
  return outDir;
}
