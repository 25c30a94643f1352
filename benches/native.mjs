// `cargo bench`, and what criterion has found: the median of each name, in milliseconds.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export function nativeResults() {
  const folder = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "criterion");
  rmSync(folder, { recursive: true, force: true });
  const args = ["bench", "--locked", "--quiet", "--package", "hushring-benches", "--", "--quiet"];
  const { error, status, stderr } = spawnSync("cargo", args, { cwd: root, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`cargo bench has failed\n${stderr}`);
  const files = readdirSync(folder, { recursive: true });
  const found = files.filter((file) => file.endsWith("new/estimates.json"));
  return found.map((file) => {
    const read = (name) => JSON.parse(readFileSync(join(folder, file, "..", name), "utf8"));
    const { group_id: group, function_id: id } = read("benchmark.json");
    const { point_estimate: median, confidence_interval: interval } = read("estimates.json").median;
    const [low, high] = [interval.lower_bound, interval.upper_bound];
    const [ms, from, to] = [median, low, high].map((nanoseconds) => nanoseconds / 1e6);
    return { name: `${group} ${id}`, ms, from, to };
  });
}
