import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { histogram } from "../src/server/histogram.js";
import { readSeen } from "../src/server/seen.js";
import { laptop, launch, open } from "./views/browser.js";
import { buildFixture } from "./views/build.js";
import { serve } from "./views/serve.js";
import { aDay, Traffic } from "./views/traffic.js";

let browser: Browser;
let root: string;

before(async () => {
  root = await buildFixture();
  browser = await launch();
});

after(() => browser.close());

const atDesk = { viewport: laptop, reducedMotion: "reduce" } as const;

/** A page of its own that shows the traffic of its own, which is a day's if nothing else is given. */
async function visit(fill = aDay) {
  const traffic = await Traffic.start();
  fill(traffic, Date.now());
  const fixture = await serve(root, traffic);
  const watched = await open(browser, atDesk);
  const { page } = watched;
  const show = async () => {
    await page.goto(`${fixture.url}/?view=desk`);
    await page.getByRole("heading", { name: "What the server sees" }).waitFor();
    // It keeps as many.
    await loaded(page, Math.min(traffic.events.length, 300));
  };
  await show();
  return {
    ...{ traffic, fixture, watched, page, show },
    async [Symbol.asyncDispose]() {
      await watched[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    },
  };
}

const loaded = (page: Page, count: number) =>
  page
    .getByRole("definition")
    .filter({ hasText: new RegExp(`^${count}$`) })
    .first()
    .waitFor();

test("what comes appears on top, and nothing else moves", async () => {
  await using visited = await visit();
  const { traffic, fixture, watched, page } = visited;
  const top = page.getByRole("option").first();
  for (const kind of ["call", "message", "cover", "call", "message"] as const) {
    const event = traffic.post(kind, "desk", "phone");
    fixture.show(event);
    await page.locator(`#envelope-${event.n}`).waitFor();
    assert.equal(await top.getAttribute("id"), `envelope-${event.n}`);
    assert.match((await page.locator(".request-text").textContent()) ?? "", /^POST \/3\/device\//);
    const shown = await page.locator(".request-text").textContent();
    assert.ok(shown?.endsWith(event.push.body), "the newest request is shown, to the letter");
  }
  await page.getByText("auditApnsRequests").waitFor();
  assert.equal(await watched.layoutShift(), 0);
  assert.deepEqual(watched.complaints, []);
});

test("300 envelopes are as quick as ten: few rows exist, and each shows its own bytes", async () => {
  await using visited = await visit((traffic, now) => {
    for (let i = 0; i < 310; i += 1) traffic.post("cover", "desk", "phone", now - 310 + i);
  });
  const { traffic, page } = visited;
  assert.ok((await page.getByRole("option").count()) <= 16);
  const list = page.getByRole("listbox", { name: "Every envelope" });
  await list.press("End");
  const oldest = page.locator("#envelope-11");
  await oldest.waitFor();
  assert.equal(await oldest.getAttribute("aria-posinset"), "300");
  assert.equal(await oldest.getAttribute("aria-selected"), "true");
  await list.press("ArrowUp");
  const selected = page.getByRole("option", { selected: true });
  assert.equal(await selected.getAttribute("id"), "envelope-12");
  const bytes = Buffer.from(traffic.events[11]?.envelope ?? "", "base64");
  const alphas = await selected.locator("canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const context = (canvas as HTMLCanvasElement).getContext("2d");
    const data = context?.getImageData(0, 0, width, height).data ?? [];
    // Column by column, as the bytes are laid out.
    return Array.from({ length: width * height }, (_, i) => {
      return data[4 * ((i % height) * width + Math.floor(i / height)) + 3];
    });
  });
  assert.deepEqual(alphas.slice(0, 10), Array(10).fill(255), "the header in full");
  assert.deepEqual(alphas.slice(10), [...bytes.subarray(10)]);
});

test("the histogram has the figures of the last hundred", async () => {
  await using visited = await visit();
  const { traffic, page } = visited;
  const last = traffic.events.slice(-100).map((event) => readSeen(JSON.stringify(event)));
  const { counts, chiSquare, expected } = histogram(await Promise.all(last));
  const cell = (row: number) => page.locator(".figures tbody tr").nth(row).locator("td").first();
  const figure = (value: number) => new Intl.NumberFormat("en").format(value);
  const range = `${figure(Math.min(...counts))} – ${figure(Math.max(...counts))}`;
  assert.equal(await cell(0).textContent(), range);
  assert.equal(await cell(1).textContent(), `${Math.round(chiSquare)}`);
  assert.equal(await cell(2).textContent(), "all 2,880");
  const path = (await page.locator(".histogram-bars").getAttribute("d")) ?? "";
  const heights = [...path.matchAll(/v-([\d.]+)/g)].map(([, height]) => Number(height));
  assert.equal(heights.length, 256);
  for (const [value, height] of heights.entries()) {
    assert.ok(Math.abs(height - ((counts[value] ?? 0) * 100) / (1.5 * expected)) < 0.01);
  }
});

test("the timeline says that sequences can show calls, and marks two", async () => {
  await using visited = await visit();
  const { page } = visited;
  const timeline = page.getByRole("region", { name: "Who posts to whom, and when" });
  const text = (await timeline.textContent()) ?? "";
  assert.match(text, /Here a server can learn something/);
  assert.match(text, /No single envelope shows a call, but a sequence can/);
  assert.match(text, /Marked: 2 places that could be a call/);
  assert.equal(await timeline.locator(".day-suspect").count(), 2);
  const few = await timeline.locator(".day-arrival").count();
  // By keyboard to the whole day, which has more in it.
  await timeline.getByRole("radio", { name: "5 minutes" }).press("ArrowRight");
  await timeline.getByRole("radio", { name: "An hour" }).press("ArrowRight");
  assert.ok(await timeline.getByRole("radio", { name: "The day" }).isChecked());
  assert.ok((await timeline.locator(".day-arrival").count()) > few);
});

test("the game waits until there are both kinds to one device", async () => {
  await using visited = await visit((traffic) => {
    traffic.post("call", "desk", "phone");
    traffic.post("message", "desk", "tablet");
  });
  const { traffic, fixture, page } = visited;
  const game = page.getByRole("region", { name: "Which of these two is the call?" });
  await game.getByText("To play, call and write to the same device").waitFor();
  assert.ok(await game.getByRole("button", { name: "This one" }).first().isDisabled());
  fixture.show(traffic.post("message", "desk", "phone"));
  await game.getByText("Time and order are hidden").waitFor();
});

test("nothing in the page tells the call before the guess, and the score counts", async () => {
  await using visited = await visit((traffic, now) => {
    // All calls first: an order that showed would be the order here.
    for (let i = 0; i < 24; i += 1) traffic.post("call", "desk", "phone", now - 60_000 + i);
    for (let i = 0; i < 24; i += 1) traffic.post("message", "desk", "phone", now - 30_000 + i);
  });
  const { traffic, watched, page } = visited;
  const game = page.getByRole("region", { name: "Which of these two is the call?" });
  const choices = game.getByRole("button", { name: "This one" });
  const before = new Set<string>();
  let [left, hits] = [0, 0];
  const rounds = 24;
  for (let round = 1; round <= rounds; round += 1) {
    await choices.first().waitFor();
    before.add(await pairOf(game));
    await choices.first().press("Enter");
    await game.getByText(/^(Right|Wrong)\.$/).waitFor();
    const isCall = /the call/.test((await game.locator(".choice").first().textContent()) ?? "");
    const right = (await game.getByText(/^Right\.$/).count()) === 1;
    assert.equal(right, isCall);
    left += isCall ? 1 : 0;
    hits += right ? 1 : 0;
    await game.getByText(`${hits} of ${round} right`).waitFor();
    // The focus goes on to what comes next.
    if (round < rounds) {
      await game.locator("button:focus", { hasText: "Next pair" }).waitFor();
      await page.keyboard.press("Enter");
    }
  }
  assert.equal(before.size, 1, "the page before a guess is the same, whichever is the call");
  const [page0 = ""] = before;
  for (const { n, mailbox, poster } of traffic.events) {
    assert.ok(!page0.includes(mailbox.slice(0, 6)) && !page0.includes(`${poster?.slice(0, 6)}`));
    assert.ok(!page0.includes(`envelope-${n}`));
  }
  for (const tag of traffic.truth.keys()) assert.ok(!page0.includes(tag));
  // 24 throws of a coin: outside of this once in 100,000 runs.
  assert.ok(left >= 2 && left <= 22, `${left} of ${rounds} calls stood on the left`);
  await game.getByRole("button", { name: "Send more" }).press("Enter");
  await game.getByRole("button", { name: "Next pair" }).waitFor();
  assert.deepEqual(watched.complaints, []);
});

/** What stands in the page for a pair: all elements and attributes. The pixels are the bytes. */
const pairOf = (game: Locator): Promise<string> =>
  game.locator(".game-pair").evaluate((pair) => pair.outerHTML);

test("the kinds are nowhere in the page while a pair waits", async () => {
  await using visited = await visit();
  const { traffic, page, show } = visited;
  // The audit runs twice a second: until it has, its word is missing.
  const settled = async () => {
    await page.getByText("Time and order are hidden").waitFor();
    await page.getByText("auditApnsRequests").waitFor();
    return await htmlOf(page);
  };
  // The same traffic with the truth turned round gives the same page.
  const straight = await settled();
  for (const [tag, kind] of traffic.truth) {
    if (kind === "call") traffic.truth.set(tag, "message");
    if (kind === "message") traffic.truth.set(tag, "call");
  }
  await show();
  const turned = await settled();
  const at = [...straight].findIndex((letter, i) => letter !== turned[i]);
  assert.ok(straight === turned, `${straight.slice(at, at + 80)} | ${turned.slice(at, at + 80)}`);
});

/** The server's view without its timeline, which goes on with the time. */
const htmlOf = (page: Page): Promise<string> =>
  page.locator(".server").evaluate((server) => {
    const copy = server.cloneNode(true) as Element;
    copy.querySelector(".day-chart")?.remove();
    return copy.outerHTML;
  });
