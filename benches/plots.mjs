// The plots of the results, as SVG, by Observable Plot over a DOM without a browser.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { quantile, ratios, spread } from "./measure.mjs";

const { document } = parseHTML("<!doctype html><html><body></body></html>");
const width = 860;
const colours = ["#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#9c6b4e", "#a463f2"];

export function plotsOf({ node20, node24, chromium, start, sizes }) {
  return {
    "peers-node-20.svg": peers(node20),
    "peers-node-24.svg": peers(node24),
    "peers-chromium.svg": peers(chromium),
    "layers.svg": layers({ "Node 20": node20, Chromium: chromium }),
    "seal-many.svg": sealMany({ "Node 20": node20, Chromium: chromium }),
    "start.svg": starts({ "Node 20": start, Chromium: chromium.start }),
    "size.svg": size(sizes),
  };
}

/** Each contender's time by hushring's, with the quartiles. */
function peers({ engine, peers }) {
  const isOther = ({ name }) => !/^(hushring|floor|native)/.test(name);
  const data = peers.flatMap(({ name: job, runs }) =>
    runs.filter(isOther).map((run) => ({ job, name: run.name, ...ratios(run, runs[0]) })),
  );
  return svg({
    title: `${engine}: time by hushring's. Right of 1, hushring is faster`,
    height: 60 + data.length * 17 + peers.length * 8,
    marginLeft: 130,
    marginRight: 150,
    x: { type: "log", grid: true, label: "times as long as hushring", domain: domain(data) },
    y: { label: null, padding: 0.2 },
    fy: { label: null, domain: peers.map(({ name }) => name) },
    color: { range: colours },
    marks: [
      Plot.barX(data, { x1: 1, x2: "median", y: "name", fy: "job", fill: "name" }),
      Plot.ruleY(data, { x1: "low", x2: "high", y: "name", fy: "job" }),
      Plot.text(data, {
        x: ({ high }) => Math.max(1, high),
        y: "name",
        fy: "job",
        text: ({ median }) => median.toFixed(2),
        dx: 6,
        textAnchor: "start",
      }),
      Plot.ruleX([1], { strokeWidth: 1.5 }),
    ],
  });
}

/** Logarithmic, around 1. */
function domain(data) {
  return [
    Math.min(0.5, ...data.map(({ low }) => low)),
    Math.max(2, ...data.map((it) => it.high * 1.3)),
  ];
}

/** Hushring's time by that of its bare primitives, and of the native crate. */
function layers(engines) {
  const data = Object.entries(engines).flatMap(([engine, { peers }]) =>
    peers.flatMap(({ name: job, runs }) =>
      runs
        .filter(({ name }) => name === "floor" || name === "native")
        .map((run) => ({ job, name: `${run.name}, ${engine}`, ...ratios(runs[0], run) })),
    ),
  );
  return svg({
    title:
      "hushring's time by that of its bare primitives, and of native code. The aims: 1.3 and 2",
    height: 70 + data.length * 17,
    marginLeft: 120,
    marginRight: 150,
    x: {
      grid: true,
      label: "times as long",
      domain: [0, Math.max(2.2, ...data.map((it) => it.high))],
    },
    y: { label: null },
    fy: { label: null, domain: engines["Node 20"].peers.map(({ name }) => name) },
    color: { range: colours },
    marks: [
      Plot.ruleX([1.3, 2], { strokeDasharray: "4 3" }),
      Plot.ruleX([1]),
      Plot.ruleY(data, { x1: "low", x2: "high", y: "name", fy: "job" }),
      Plot.dot(data, { x: "median", y: "name", fy: "job", fill: "name", r: 4 }),
      Plot.text(data, {
        x: "high",
        y: "name",
        fy: "job",
        text: ({ median }) => median.toFixed(2),
        dx: 6,
        textAnchor: "start",
      }),
    ],
  });
}

function sealMany(engines) {
  const data = Object.entries(engines).flatMap(([engine, { many }]) =>
    many.flatMap(({ suite, runs }) =>
      runs
        .filter(({ name }) => /^\d+$/.test(name))
        .map(({ name, medians }) => ({
          series: `${suite}, ${engine}`,
          devices: Number(name),
          ...spread(medians),
        })),
    ),
  );
  const last = data.filter(({ devices }) => devices === 1_000);
  return svg({
    title: "Sealing for many devices: milliseconds for one of them; 1 is `seal`",
    height: 340,
    marginRight: 150,
    x: { type: "log", label: "devices", ticks: [1, 10, 100, 1_000], tickFormat: "d" },
    y: { grid: true, zero: true, label: "ms", labelAnchor: "center" },
    color: { range: colours },
    marks: [
      Plot.ruleY([0]),
      Plot.line(data, { x: "devices", y: "median", stroke: "series" }),
      Plot.ruleX(data, { x: "devices", y1: "low", y2: "high", stroke: "series" }),
      Plot.dot(data, { x: "devices", y: "median", fill: "series" }),
      Plot.text(last, {
        x: "devices",
        y: "median",
        text: "series",
        fill: "series",
        dx: 8,
        textAnchor: "start",
      }),
    ],
  });
}

function starts(engines) {
  const steps = { load: "load", init: "init()", keys: "keys", seal: "first seal" };
  const data = Object.entries(engines).flatMap(([engine, all]) => {
    const titleOf = ({ form, cache }) => `${engine}: ${form}, ${cache}`;
    return [...new Set(all.map(titleOf))].flatMap((name) => {
      const some = all.filter((it) => titleOf(it) === name);
      const present = Object.entries(steps).filter(([step]) => some[0][step] !== undefined);
      const times = (step) => some.map((it) => it[step]);
      return present.map(([step, title]) => ({ name, title, ms: quantile(times(step), 0.5) }));
    });
  });
  const names = [...new Set(data.map(({ name }) => name))];
  return svg({
    title: "From nothing to the first envelope",
    legend: Object.values(steps),
    height: 90 + 22 * names.length,
    marginLeft: 210,
    x: { grid: true, label: "ms" },
    y: { label: null, domain: names },
    color: { range: colours, domain: Object.values(steps) },
    marks: [
      Plot.barX(data, { x: "ms", y: "name", fill: "title", order: Object.values(steps) }),
      Plot.ruleX([0]),
    ],
  });
}

function size({ bundled }) {
  const data = Object.entries(bundled).flatMap(([name, { gzip, brotli }]) => [
    { name, form: "gzip -9", bytes: gzip / 1_000 },
    { name, form: "brotli 11", bytes: brotli / 1_000 },
  ]);
  return svg({
    title: "What each library brings to a page, in kB",
    height: 60 + data.length * 19,
    marginLeft: 70,
    marginRight: 190,
    x: { grid: true, label: "kB", domain: [0, 1.08 * Math.max(...data.map((it) => it.bytes))] },
    y: { label: null },
    fy: { label: null, domain: Object.keys(bundled) },
    color: { range: colours },
    marks: [
      Plot.barX(data, { x: "bytes", y: "form", fy: "name", fill: "form" }),
      Plot.text(data, {
        x: "bytes",
        y: "form",
        fy: "name",
        text: ({ bytes }) => bytes.toFixed(0),
        dx: 6,
        textAnchor: "start",
      }),
      Plot.ruleX([0]),
    ],
  });
}

/** A file by itself: the title is in the picture, and its ground is white. */
function svg({ title, legend = [], height, ...options }) {
  const style = { fontSize: "12px" };
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: 52,
    marginBottom: 36,
    style,
    ...options,
  });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const text = { x: 8, "text-anchor": "start" };
  const parts = legend.map((name, index) =>
    element("tspan", { fill: colours[index], dx: index === 0 ? 0 : 14 }, `■ ${name}`),
  );
  plot.prepend(
    element("rect", { width, height, fill: "white" }),
    element("text", { ...text, y: 20, "font-size": 14, "font-weight": 600 }, title),
    element("text", { ...text, y: 38 }, ...parts),
  );
  return `${plot.outerHTML}\n`;
}

function element(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
