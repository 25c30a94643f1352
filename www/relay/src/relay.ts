// A relay: its store, its pushes and its server, put together, started and stopped.

import { mkdirSync } from "node:fs";
import type { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { ready } from "./bundles.js";
import type { Config } from "./config.js";
import { hour } from "./limits.js";
import { type LogOptions, standardOutput } from "./logging.js";
import { Apns, appleOrigin } from "./push/apns.js";
import { ProviderToken } from "./push/provider-token.js";
import { Pusher } from "./push/pusher.js";
import type { Sender } from "./push/sender.js";
import { StandInThread } from "./push/standin-thread.js";
import { PushStreams } from "./push/streams.js";
import { makeVapidKeys, WebPush } from "./push/web.js";
import { Seen } from "./seen.js";
import { addRoutes, makeServer } from "./server.js";
import { PostgresStore } from "./store/postgresql.js";
import { SqliteStore } from "./store/sqlite.js";
import type { PushTarget, Store } from "./store/store.js";
import { Throttle } from "./throttle.js";

export interface Relay {
  readonly url: string;
  readonly store: Store;
  readonly standIn: StandInThread;
  close(): Promise<void>;
}

/** What tests put in the place of the world. */
export interface World {
  readonly now?: () => number;
  readonly log?: LogOptions["stream"];
  readonly webPushAgent?: Agent;
  readonly claimEvery?: number;
}

export async function startRelay(config: Config, world: World = {}): Promise<Relay> {
  const now = world.now ?? Date.now;
  await ready();
  const output = world.log === undefined ? standardOutput() : undefined;
  const stream = world.log ?? (output?.stream as LogOptions["stream"]);
  const app = makeServer({ level: config.logLevel, stream }, config.proxies);
  const store = await openStore(config, now, (error) => app.log.error({ err: error }, "store"));
  const streams = new PushStreams(store, app.log);

  const { topic } = config;
  const deliver = (token: string, body: string) => streams.deliver(token, body);
  const onError = (error: unknown) => app.log.error({ err: error }, "the stand-in");
  const standIn = await StandInThread.start(
    { topic, delay: config.standInDelay },
    deliver,
    onError,
  );
  const senders: Partial<Record<PushTarget["kind"], Sender>> = {
    stream: new Apns({ origin: standIn.origin }, undefined, now),
  };
  if (config.apns !== undefined) {
    const origin = config.apns.origin ?? appleOrigin;
    senders.apns = new Apns({ origin }, new ProviderToken(config.apns, now), now);
  }
  let vapidKey: string | undefined;
  if (config.webPush !== undefined) {
    const { subject, keys: given } = config.webPush;
    const keys = given ?? JSON.parse(await store.setting("vapid", makeVapidKeys));
    const agent = world.webPushAgent ? { agent: world.webPushAgent } : {};
    senders.web = new WebPush({ subject, ...keys, now, ...agent });
    vapidKey = keys.publicKey;
  }
  const claimEvery = world.claimEvery === undefined ? {} : { claimEvery: world.claimEvery };
  const pusher = new Pusher({ store, senders, topic, now, log: app.log, ...claimEvery });

  await addRoutes(app, {
    config,
    store,
    pusher,
    streams,
    throttle: new Throttle(config.limits),
    seen: config.show ? new Seen() : undefined,
    vapidKey,
    now,
  });
  await app.listen({ host: config.host, port: config.port });
  await pusher.start();
  const sweep = () => store.sweep().catch((error) => app.log.error({ err: error }, "sweeping"));
  let swept = sweep();
  await swept;
  const sweeping = setInterval(() => {
    swept = sweep();
  }, hour);

  let closing: Promise<void> | undefined;
  const close = async () => {
    clearInterval(sweeping);
    await swept;
    await app.close();
    await pusher.close();
    await standIn.close();
    await store.close();
    await output?.end();
  };
  return {
    url: urlOf(app.server.address() as AddressInfo),
    store,
    standIn,
    close: () => (closing ??= close()),
  };
}

function openStore(
  config: Config,
  now: () => number,
  onError: (error: unknown) => void,
): Promise<Store> {
  const { mailbox, postsPerDay } = config.limits;
  const options = { now, mailboxLimit: mailbox, postsPerDay };
  const { databaseUrl, databasePool } = config;
  if (databaseUrl !== undefined) {
    return PostgresStore.open(databaseUrl, { ...options, pool: databasePool, onError });
  }
  mkdirSync(dirname(config.data), { recursive: true });
  return SqliteStore.open(config.data, options);
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
