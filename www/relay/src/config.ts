// What the environment says. A value that is wrong stops the relay before it listens.

import { readFileSync } from "node:fs";
import { defaultLimits, type Limits } from "./limits.js";
import type { ProviderKey } from "./push/provider-token.js";

export interface Config {
  readonly host: string;
  readonly port: number;
  /** The file of the SQLite store. */
  readonly data: string;
  /** PostgreSQL, instead. */
  readonly databaseUrl: string | undefined;
  readonly databasePool: number;
  readonly topic: string;
  /** Without it, pushes go to the stand-in. */
  readonly apns: (ProviderKey & { readonly origin: string | undefined }) | undefined;
  readonly webPush: WebPushConfig | undefined;
  readonly standInDelay: number;
  /** Whether `/v1/seen` is there, which shows what the server sees. */
  readonly show: boolean;
  readonly logLevel: string;
  /** How many proxies stand before the relay, whose word for an address counts. */
  readonly proxies: number;
  /** The folder of the built pages. */
  readonly pages: string;
  readonly limits: Limits;
}

export interface WebPushConfig {
  /** `mailto:` or `https:`: whom a push service may ask. */
  readonly subject: string;
  /** In base64url. Without, a pair is made once and kept in the store. */
  readonly keys: { readonly publicKey: string; readonly privateKey: string } | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(env: Environment, pages: string): Config {
  return {
    host: env["HOST"] || "127.0.0.1",
    port: number(env, "PORT", 8080, 65_535),
    data: env["DATA"] || "data/relay.sqlite",
    databaseUrl: env["DATABASE_URL"] || undefined,
    databasePool: number(env, "DATABASE_POOL", 10, 1_000),
    topic: env["APNS_TOPIC"] || "example.hushring",
    apns: apns(env),
    webPush: webPush(env),
    standInDelay: number(env, "STANDIN_DELAY_MS", 25, 60_000),
    show: env["RELAY_SHOW"] === "1",
    logLevel: env["LOG_LEVEL"] || "info",
    proxies: number(env, "PROXIES", 0, 16),
    pages,
    limits: limits(env),
  };
}

function apns(env: Environment): Config["apns"] {
  const { APNS_KEY: key, APNS_KEY_ID: keyId, APNS_TEAM_ID: teamId, APNS_TOPIC: topic } = env;
  const given = [key, keyId, teamId].filter(Boolean).length;
  if (given === 0) return undefined;
  if (!key || !keyId || !teamId || !topic) {
    throw new Error("APNS_KEY, APNS_KEY_ID, APNS_TEAM_ID and APNS_TOPIC belong together");
  }
  const pem = key.includes("-----BEGIN") ? key : readFileSync(key, "utf8");
  return { key: pem, keyId, teamId, origin: env["APNS_ORIGIN"] || undefined };
}

function webPush(env: Environment): WebPushConfig | undefined {
  const { VAPID_SUBJECT: subject, VAPID_PUBLIC: publicKey, VAPID_PRIVATE: privateKey } = env;
  if (!subject && !publicKey && !privateKey) return undefined;
  if (!subject) throw new Error("VAPID_SUBJECT is missing: mailto: or https:");
  if (!publicKey !== !privateKey) throw new Error("VAPID_PUBLIC and VAPID_PRIVATE belong together");
  return { subject, keys: publicKey && privateKey ? { publicKey, privateKey } : undefined };
}

/** LIMIT_POSTS_PER_MINUTE and so on, after the members of {@link Limits}. */
function limits(env: Environment): Limits {
  const read = Object.entries(defaultLimits).map(([name, value]) => {
    const variable = `LIMIT_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
    return [name, number(env, variable, value, Number.MAX_SAFE_INTEGER)];
  });
  return Object.fromEntries(read) as unknown as Limits;
}

function number(env: Environment, name: string, otherwise: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new Error(`${name} must be an integer from 0 to ${most}`);
  }
  return value;
}
