// What `make bench` is to reach, and what it has reached. Nothing fails by missing an aim.

import { ratios, spread } from "./measure.mjs";

const text = (value) => value.toFixed(2);
const kB = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`;
const ms = (value) => `${value.toFixed(1)} ms`;

/**
 * Returns the aims: each with its text, its bound, and what was reached in each engine: a text, and
 * whether it is within the bound.
 */
export function aimsOf({ node20, node24, chromium, start, memory, sizes }) {
  const engines = { "Node 20": node20, "Node 24": node24, Chromium: chromium };

  /** The ratio of a contender's time by hushring's, or of hushring's by the contender's. */
  const against = (what, contender, job, { least, most }, only = Object.keys(engines)) => {
    const reached = {};
    for (const engine of only) {
      const runs = engines[engine].peers.find(({ name }) => name === job)?.runs ?? [];
      const [ours, theirs] = ["hushring", contender].map((it) =>
        runs.find(({ name }) => name === it),
      );
      if (theirs === undefined) continue;
      const { median } = least === undefined ? ratios(ours, theirs) : ratios(theirs, ours);
      const isMet = least === undefined ? median <= most : median >= least;
      reached[engine] = { text: text(median), isMet };
    }
    const aim = least === undefined ? `at most ${most}` : `at least ${least}`;
    return { what, aim, reached };
  };

  const libsodium = "libsodium.js, bare";
  const hpke = "hpke-js, bare";
  const panva = "panva's hpke, bare";
  const aims = [
    against("seal a message, by libsodium.js", libsodium, "seal x25519 message", { least: 1.15 }),
    against("seal a call, by libsodium.js", libsodium, "seal x25519 call", { least: 0.9 }),
    against("seal a call, `xwing`, by libsodium.js", libsodium, "seal xwing call", { least: 1.05 }),
    against("open, `x25519`, by libsodium.js", libsodium, "open x25519 message", { least: 1.05 }),
    against("open, `xwing`, by libsodium.js", libsodium, "open xwing message", { least: 0.75 }),
  ];
  for (const what of ["seal", "open"]) {
    const job = `${what} xwing message`;
    aims.push(
      against(`${what}, \`xwing\`, by hpke-js`, hpke, job, { least: 6 }, ["Node 20", "Chromium"]),
      against(`${what}, \`xwing\`, by panva's hpke`, panva, job, { least: 1.5 }, ["Node 24"]),
    );
  }
  for (const what of ["seal", "open"]) {
    for (const suite of ["x25519", "xwing"]) {
      for (const kind of ["message", "call"]) {
        const job = `${what} ${suite} ${kind}`;
        const title = `${what} a ${kind}, \`${suite}\``;
        aims.push(against(`${title}, by our primitives`, "floor", job, { most: 1.3 }));
      }
      const job = `${what} ${suite} message`;
      const title = `${what} a message, \`${suite}\`, by native Rust`;
      aims.push(against(title, "native", job, { most: 2 }, ["Node 20"]));
    }
  }
  return [
    ...aims,
    ...sealMany(engines, memory, chromium),
    ...size(sizes),
    ...init(start, chromium.start),
  ];
}

function sealMany(engines, memory, chromium) {
  const aims = [];
  for (const [suite, least] of Object.entries({ x25519: 25, xwing: 15 })) {
    const cheaper = { what: `\`sealMany\` to 1,000, \`${suite}\`, a device`, reached: {} };
    cheaper.aim = `at least ${least} % cheaper than \`seal\``;
    const linear = {
      what: `\`sealMany\`, \`${suite}\`, a device of 1,000 by one of 100`,
      reached: {},
    };
    linear.aim = "linear: at most 1.1";
    for (const [engine, { many }] of Object.entries(engines)) {
      const runs = many?.find((job) => job.suite === suite).runs;
      if (runs === undefined) continue;
      const [one, hundred, thousand] = ["1", "100", "1000"].map((count) =>
        runs.find(({ name }) => name === count),
      );
      const saved = 100 * (1 - ratios(thousand, one).median);
      cheaper.reached[engine] = { text: `${saved.toFixed(0)} %`, isMet: saved >= least };
      const growth = ratios(thousand, hundred).median;
      linear.reached[engine] = { text: text(growth), isMet: growth <= 1.1 };
    }
    aims.push(cheaper, linear);
  }
  const peaks = ["x25519", "xwing"].flatMap((suite) =>
    memory[`sealMany ${suite} 1000`].map(({ peak, wasm }) => Math.max(peak, wasm)),
  );
  const node = Math.max(...peaks);
  const page = chromium.memory["sealMany to them"] - chromium.memory["1,000 bundles"];
  const reached = (bytes) => ({
    text: `${(bytes / 2 ** 20).toFixed(1)} MiB`,
    isMet: bytes < 16 * 2 ** 20,
  });
  aims.push({
    what: "`sealMany` to 1,000, peak of memory above rest",
    aim: "below 16 MiB",
    reached: { "Node 20": reached(node), Chromium: reached(page) },
  });
  return aims;
}

function size({ shipped }) {
  const wasm = shipped["hushring.wasm"];
  const entry = shipped["the entry `hushring`"];
  const either = entry.gzip <= 200_000 || entry.brotli <= 182_000;
  const both = ({ gzip, brotli }) => `${kB(gzip)}, ${kB(brotli)}`;
  return [
    {
      what: "the wasm, gzip and brotli",
      aim: "at most 190 kB, 162 kB",
      reached: {
        "Node 20": { text: both(wasm), isMet: wasm.gzip <= 190_000 && wasm.brotli <= 162_000 },
      },
    },
    {
      what: "the entry `.`, gzip or brotli",
      aim: "at most 200 kB or 182 kB",
      reached: { "Node 20": { text: both(entry), isMet: either } },
    },
  ];
}

function init(node, page) {
  const median = (starts) => {
    const cold = starts.filter(({ form, cache }) => form === "hushring" && cache === "cold");
    return spread(cold.map(({ init }) => init)).median;
  };
  const reached = (value, most) => ({ text: ms(value), isMet: value <= most });
  return [
    {
      what: "`init()`, inlined, cold",
      aim: "at most 15 ms in Node, 20 in Chromium",
      reached: { "Node 20": reached(median(node), 15), Chromium: reached(median(page), 20) },
    },
  ];
}
