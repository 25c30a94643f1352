// APNs takes a provider's token that is at most an hour old, and wants no new one more often than
// every 20 minutes.

import { importPKCS8, SignJWT } from "jose";
import { minute, second } from "../limits.js";

const renewedAfter = 40 * minute;
const notBefore = 20 * minute;

export interface ProviderKey {
  /** The private key in PKCS #8, PEM: the .p8 file from Apple. */
  readonly key: string;
  readonly keyId: string;
  readonly teamId: string;
}

export class ProviderToken {
  readonly #key: ProviderKey;
  readonly #now: () => number;
  #signedAt = 0;
  #token: Promise<string> | undefined;

  constructor(key: ProviderKey, now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  /** The token of the last 40 minutes, or a new one. */
  get(): Promise<string> {
    if (this.#token === undefined || this.#now() - this.#signedAt >= renewedAfter) this.#sign();
    return this.#token as Promise<string>;
  }

  /** APNs calls the token expired. Signs another, unless that would be too often. */
  expired(): void {
    if (this.#now() - this.#signedAt >= notBefore) this.#token = undefined;
  }

  #sign(): void {
    this.#signedAt = this.#now();
    const token = this.#jwt(this.#signedAt);
    this.#token = token;
    token.catch(() => {
      if (this.#token === token) this.#token = undefined;
    });
  }

  async #jwt(now: number): Promise<string> {
    const { key, keyId, teamId } = this.#key;
    return new SignJWT()
      .setProtectedHeader({ alg: "ES256", kid: keyId })
      .setIssuer(teamId)
      .setIssuedAt(Math.floor(now / second))
      .sign(await importPKCS8(key, "ES256"));
  }
}
