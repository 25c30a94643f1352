// The relay between the pages: refused posts, a phone that was off, and a relay that is killed.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { Stage } from "./stage.js";

const scene = await Stage.set();

test("forged, replayed, oversized and unauthenticated posts are refused, and nothing rings", async () => {
  const { desk, phone } = await scene.couple();
  await desk.call();
  await phone.rings();
  await desk.press("Cancel");
  await phone.stopsRinging();
  const seen = await scene.relay.seen();
  const [invitation] = seen;
  assert.ok(invitation !== undefined);
  const mailbox = Buffer.from(invitation.mailbox, "hex");
  const envelope = Buffer.from(invitation.envelope, "base64");

  const registered = await fetch(`${scene.relay.url}/v1/devices`, { method: "POST" });
  const { token } = (await registered.json()) as { token: string };
  const post = async (body: Buffer, as?: string) => {
    const response = await fetch(`${scene.relay.url}/v1/envelopes`, {
      method: "POST",
      headers: {
        "content-type": "application/octet-stream",
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      },
      body: new Uint8Array(body),
    });
    const answer = (await response.json()) as { code?: string };
    return [response.status, answer.code];
  };
  const replay = Buffer.concat([mailbox, envelope]);
  assert.deepEqual(await post(replay), [401, "unauthenticated"]);
  assert.deepEqual(await post(replay, randomBytes(32).toString("base64url")), [
    401,
    "unauthenticated",
  ]);
  assert.deepEqual(await post(replay, token), [409, "already_posted"]);
  assert.equal((await post(Buffer.concat([replay, Buffer.alloc(1)]), token))[0], 400);
  assert.equal((await post(Buffer.alloc(2_896 * 257), token))[0], 413);
  const elsewhere = Buffer.concat([randomBytes(16), envelope]);
  assert.deepEqual(await post(elsewhere, token), [404, "unknown_mailbox"]);

  // The relay cannot see that this one is forged: the phone does, and says so.
  assert.equal((await post(Buffer.concat([mailbox, forged(envelope)]), token))[0], 201);
  await phone.tab("Silent");
  await phone.sees(/Refused: decryption_failed/);
  await phone.doesNotRing();
  assert.equal(await phone.missedCalls(), 1, "of the call before");
  await scene.close(desk, phone);
});

/** The header of an envelope, before other bytes. */
function forged(envelope: Buffer): Buffer {
  return Buffer.concat([envelope.subarray(0, 10), randomBytes(envelope.length - 10)]);
}

test("a phone that was off takes its mailbox in order, page by page", async () => {
  const { desk, phone } = await scene.couple();
  await phone.close();
  const count = 70; // more than a page
  for (let number = 1; number <= count; number += 1) await desk.write(`Message ${number}.`);
  await hasMessages(desk.page, count);
  await desk.page
    .getByText(/Sending/)
    .first()
    .waitFor({ state: "hidden" });
  await phone.reopen();
  await phone.tab("Messages");
  await phone.select("Alice");
  await hasMessages(phone.page, count);
  assert.deepEqual(await messagesOf(phone.page), range(count));
  await scene.close(desk, phone);
});

test("a relay that is killed at random loses nothing", async () => {
  const { desk, phone } = await scene.couple();
  await phone.tab("Messages");
  await phone.select("Alice");
  const count = 40;
  const writing = (async () => {
    for (let number = 1; number <= count; number += 1) {
      await desk.write(`Message ${number}.`);
      await desk.page.waitForTimeout(Math.random() * 300);
    }
  })();
  for (let kill = 0; kill < 6; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1_500));
    await scene.relay.kill();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 800));
    await scene.relay.start();
  }
  await writing;
  await hasMessages(phone.page, count);
  assert.deepEqual(await messagesOf(phone.page), range(count));
  // And a call still rings.
  await desk.call();
  await phone.rings();
  await phone.press("Decline");
  await scene.close(desk, phone);
});

async function hasMessages(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (expected) => document.querySelectorAll(".said-message .said-text").length >= expected,
    count,
    { timeout: 60_000 },
  );
}

async function messagesOf(page: Page): Promise<string[]> {
  const texts = await page.locator(".said-message .said-text").allTextContents();
  return texts.map((text) => /Message \d+\./.exec(text)?.[0] ?? text);
}

function range(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Message ${index + 1}.`);
}
