import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of the system's Chromium. */
export function pathOfChromium() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = ["chromium", "google-chrome"].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const path = paths.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error("neither chromium nor google-chrome is on PATH");
  return path;
}
