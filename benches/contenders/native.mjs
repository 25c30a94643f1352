// The crate as native code, in a process of its own that works in turns with this one
// (native/src/main.rs).

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { turnLength } from "../measure.mjs";

/** Starts it. `turn(name)` gives the milliseconds of one thing. */
export function startNative(program) {
  const child = spawn(program, [`${turnLength}`], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async turn(name) {
      child.stdin.write(`${name}\n`);
      const { done, value } = await lines.next();
      if (done) throw new Error(`the native benchmark has ended at ${name}`);
      return Number(value) / 1e6;
    },
    end: () => child.stdin.end(),
  };
}
