// The queue of what is to be posted.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bundles } from "../../src/peer/bundles.js";
import { Outbox } from "../../src/peer/outbox.js";
import type { QueuedPost, Records } from "../../src/peer/records.js";
import { type Post, type Relay, RelayError } from "../../src/peer/relay.js";
import { memory } from "./memory.js";

const bob = new Uint8Array(32).fill(1);
const contact = { account: bob, name: "Bob", isTrusted: true, revocations: [], bundles: [] };

/** A post to a mailbox, of Bob or of an own device. */
function post(mailbox: string, to?: Uint8Array): QueuedPost {
  return { mailbox, envelope: new Uint8Array(1), to };
}

/** Posts what is in an outbox to a relay where some mailboxes are full. */
async function postAll(records: Partial<Records>, full: readonly string[], isNamed = true) {
  const inbox = memory(records);
  const posted: string[][] = [];
  const problems: string[] = [];
  const relay = {
    post: async (posts: readonly Post[]) => {
      const mailboxes = posts.map(({ mailbox }) => mailbox);
      const fullOnes = mailboxes.filter((mailbox) => full.includes(mailbox));
      if (fullOnes.length > 0) {
        throw new RelayError("mailbox_full", "", 507, isNamed ? { mailboxes: fullOnes } : {});
      }
      posted.push(mailboxes);
    },
  };
  const outbox = new Outbox(inbox.shared, relay as unknown as Relay, {} as Bundles, {
    onSealed: () => {},
    onPosted: () => {},
    onProblem: (error) => problems.push(String(error)),
  });
  await outbox.post();
  return { posted, problems, records: inbox.records };
}

function message(id: string): Records["history"][number] {
  return { kind: "message", id, account: bob, isOutgoing: true, at: new Date(), text: id };
}

test("a mailbox that is full holds nothing else up, and the user hears who misses what", async () => {
  const { posted, problems, records } = await postAll(
    {
      contacts: [contact],
      history: [message("one"), message("none")],
      outbox: [
        { id: "1", posts: [post("full", bob), post("free", bob)], after: { message: "one" } },
        { id: "2", posts: [post("full", bob), post("own")], after: { message: "none" } },
        { id: "3", posts: [post("free", bob), post("ownFull")] },
      ],
    },
    ["full", "ownFull"],
  );
  assert.deepEqual(posted, [["free"], ["own"], ["free"]]);
  assert.deepEqual(records.outbox, []);
  assert.deepEqual(problems, [
    "PeerError: A device of Bob does not get what you sent: its mailbox is full.",
    "PeerError: What you sent to Bob is not delivered: the mailbox is full.",
    "PeerError: A device of yours does not get this: its mailbox is full.",
  ]);
  const states = records.history?.map((item) => item.kind === "message" && item.isPosted);
  assert.deepEqual(states, [true, false]);
});

test("a relay that does not say which mailboxes are full is not asked again and again", async () => {
  const inbox = { outbox: [{ id: "1", posts: [post("full", bob)] }] };
  const { posted, records } = await postAll(inbox, ["full"], false);
  assert.deepEqual([posted, records.outbox], [[], []]);
});
