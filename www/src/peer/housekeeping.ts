// What a device does on a timer, whether it is used or not (DEP19): new prekeys every week, and
// forgetting what is too old.

import { newPrekeys } from "./enroll.js";
import { pace } from "./pace.js";
import type { Relay } from "./relay.js";
import type { SharedInbox } from "./shared-inbox.js";

export async function keepHouse(inbox: SharedInbox, relay: Relay): Promise<void> {
  const { clock, vault } = inbox;
  if (!clock.isSynchronized()) return; // what is forgotten by a wrong clock does not come back
  const publication = await vault.read("publication");
  const age = clock.now().getTime() - (publication?.at.getTime() ?? 0);
  if (age > pace.publication) await publish(inbox);
  await upload(inbox, relay);
  const pruned = (await vault.read("pruned"))?.getTime() ?? 0;
  if (clock.now().getTime() - pruned > pace.pruning) await prune(inbox);
}

/** Uploads what was published and not uploaded yet: the same bytes, as often as it takes. */
export async function upload({ vault }: SharedInbox, relay: Relay): Promise<void> {
  const publication = await vault.read("publication");
  if (publication === undefined || publication.isUploaded) return;
  await relay.publish(publication.bundles);
  await vault.write({ publication: { ...publication, isUploaded: true } });
}

/** Generate, publish, save; upload comes after (spec/sharing.md, section 5). */
async function publish(inbox: SharedInbox): Promise<void> {
  const { signed, at } = await inbox.run(async (session) => {
    const { prekeys, stored } = newPrekeys(inbox.clock);
    session.write("prekeys", [...((await session.read("prekeys")) ?? []), ...stored]);
    // The time of the publication is in the state as soon as this begins, so the signatures need
    // no lock. They are not awaited here.
    const signed = session.inbox.publish(session.device, prekeys, { now: session.now });
    return { signed: [signed], at: session.now };
  });
  const bundles = await signed[0];
  if (bundles === undefined) return;
  await inbox.vault.write({ publication: { bundles, at, isUploaded: false } });
}

async function prune(inbox: SharedInbox): Promise<void> {
  await inbox.run(async (session) => {
    const forgotten = new Set(session.inbox.prune({ now: session.now }));
    const prekeys = (await session.read("prekeys")) ?? [];
    session.write(
      "prekeys",
      prekeys.filter(({ id }) => !forgotten.has(id)),
    );
    session.write("pruned", session.now);
  });
}
