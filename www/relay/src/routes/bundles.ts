import type { FastifyInstance } from "fastify";
import { authenticate } from "../auth.js";
import { readPublication, readStatement, revokedDevices } from "../bundles.js";
import type { Context } from "../context.js";
import { maxBundles, maxStatements } from "../limits.js";
import { readBase64, readHex, readList, readObject } from "../read.js";
import { Refusal } from "../refusal.js";
import type { Statement } from "../store/store.js";

/** Bundles and statements, which senders fetch on a schedule, one account at a time (DEP6). */
export function bundleRoutes(app: FastifyInstance, context: Context): void {
  const { store, throttle, now } = context;

  app.put("/v1/bundles", { bodyLimit: 64_000 }, async (request, reply) => {
    const mailbox = await authenticate(context, request);
    await throttle.ask(mailbox);
    const { bundles, revocations = [] } = readObject(request.body, ["bundles", "revocations"]);
    const publication = readPublication(
      readList(bundles, "bundles", 1, 2).map((bundle) => readBase64(bundle, "bundles")),
      now(),
    );
    const statements = readList(revocations, "revocations", 0, maxStatements).map((statement) =>
      readStatement(readBase64(statement, "revocations"), now()),
    );
    if (statements.some(({ account }) => !account.equals(publication.account))) {
      throw new Refusal("bad_bundle", "a statement is of another account");
    }
    const known = (await store.account(publication.account)).statements;
    const own = [{ device: publication.device, bundles: publication.bundles.map((b) => b.bytes) }];
    const all = [...statements.map(({ bytes }) => bytes), ...known].slice(0, maxStatements);
    if (revokedDevices(publication.account, own, all, now()).length > 0) {
      throw new Refusal("bad_bundle", "this device is revoked", {
        details: { hushring: "revoked" },
      });
    }
    switch (await store.publish(mailbox, publication, statements)) {
      case "claimed":
        throw new Refusal(
          "claimed",
          "this device key belongs to another mailbox, or it to another",
        );
      case "stale":
        throw new Refusal("bad_bundle", "this device has published since", {
          details: { hushring: "stale_bundle" },
        });
      case "too_many_devices":
        throw new Refusal("too_many", `an account has at most ${maxBundles / 2} devices`);
    }
    if (statements.length > 0) await shutOut(publication.account);
    return reply.code(204).send();
  });

  app.get<{ Params: { account: string } }>("/v1/bundles/:account", async (request) => {
    await throttle.open(request.ip);
    const account = readHex(request.params.account, "account", 32);
    const { devices, statements } = await store.account(account);
    return {
      devices: devices.map(({ mailbox, bundles }) => ({
        mailbox: mailbox.toString("hex"),
        bundles: bundles.map((bundle) => bundle.toString("base64")),
      })),
      revocations: statements.map((statement) => statement.toString("base64")),
      time: now(),
    };
  });

  app.post("/v1/revocations", { bodyLimit: 4_000 }, async (request, reply) => {
    await throttle.open(request.ip);
    const { statement } = readObject(request.body, ["statement"]);
    const read: Statement = readStatement(readBase64(statement, "statement"), now());
    if (!(await store.revoke(read))) {
      throw new Refusal("unknown_account", "no device of this account has published here");
    }
    await shutOut(read.account);
    return reply.code(204).send();
  });

  /** Bundles that a statement has shut out are not handed out. */
  async function shutOut(account: Buffer): Promise<void> {
    const { devices, statements } = await store.account(account);
    await store.removeBundles(account, revokedDevices(account, devices, statements, now()));
  }
}
