// A classifier over what a relay and its push service had of 2,000 calls and messages. It needs the
// Python of `make indistinguishability`, which HUSHRING_PYTHON names.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./e2e/relay.js";
import { generate } from "./indistinguishable/traffic.js";

const python = process.env["HUSHRING_PYTHON"];

interface Found {
  readonly comparisons: number;
  readonly farthest: string;
  /** Of the area under the ROC curve from 0.5, in standard errors. */
  readonly distance: number;
  readonly threshold: number;
}

test("2,000 requests pass the audit, and a classifier stays at a coin’s", async (context) => {
  if (python === undefined) return context.skip("HUSHRING_PYTHON is not set");
  // What chance has found once, it does not find again with fresh envelopes.
  const first = await attempt(python);
  if (Math.abs(first.distance) <= first.threshold) return;
  const second = await attempt(python);
  const isSame = second.farthest === first.farthest;
  assert.ok(!isSame || Math.abs(second.distance) <= second.threshold, JSON.stringify(second));
});

async function attempt(python: string): Promise<Found> {
  const out = mkdtempSync(join(tmpdir(), "hushring-seen-"));
  try {
    await generate(out, 1_000); // and as many to test on
    const script = join(root, "test/indistinguishable/classify.py");
    const found = JSON.parse(
      execFileSync(python, ["-B", script, out], { encoding: "utf8" }),
    ) as Found;
    console.log(found);
    return found;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
