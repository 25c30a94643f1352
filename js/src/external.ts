import { type CertifyOptions, readCertify, readFloor } from "./account.js";
import { type PrekeyBundle, withBundles } from "./bundle.js";
import type { Bytes } from "./bytes.js";
import type { SealableContent } from "./content.js";
import { type PublishOptions, readPublish, readSeal, type SealOptions } from "./device.js";
import { HushringError } from "./error.js";
import * as glue from "./glue.js";
import { hex } from "./hex.js";
import type { NowOption } from "./now.js";
import { type Prekey, withPrekeys } from "./prekey.js";
import { handleOf, lend, type Owned, own, owned, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import { describe, nameClass } from "./untrusted/describe.js";
import { type Given, type Names, readOptions } from "./untrusted/options.js";
import { requireArray, requireBytes, requireFunction, requireNow } from "./untrusted/require.js";
import { isBytes, isObject, lengthOf } from "./untrusted/slots.js";
import { copyContent } from "./untrusted/walk.js";

/**
 * Signs with an Ed25519 key that lives elsewhere: a WebCrypto key that cannot be exported, a secure
 * element. It receives at most 128 bytes, never content, and resolves to the 64 bytes of the
 * signature. An error that it throws or rejects with is passed on as it is.
 */
export type Signer = (bytes: Bytes) => Promise<Uint8Array>;

/** A device key that lives elsewhere. */
export interface ExternalKey {
  /** The device's Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: Signer;
}

/** Options of {@link ExternalDevice.request}. */
export interface ExternalRequestOptions extends ExternalKey, NowOption {
  /** The link secret, 32 bytes. */
  readonly secret: Uint8Array;
}

/** Options of {@link ExternalDevice.renew}. */
export interface RenewOptions extends NowOption {
  /** The grant, 177 bytes. */
  readonly grant: Uint8Array;
  /** The link request that the grant answers, 137 bytes. */
  readonly request: Uint8Array;
  /** The link secret, 32 bytes: the one of the request. */
  readonly secret: Uint8Array;
}

/** Options of {@link ExternalDevice.activate}. */
export interface ExternalActivateOptions extends ExternalKey, RenewOptions {}

/**
 * A device whose key lives elsewhere: it does what a {@link Device} does, with a {@link Signer}.
 * Every signature is verified before use. If one fails, nothing is returned, and the next call
 * starts over with fresh keys.
 */
export class ExternalDevice extends Resource {
  /** Checks the certificate (144 bytes). Throws `bad_length`, `bad_certificate`. */
  constructor(certificate: Uint8Array, sign: Signer) {
    super();
    call(() => {
      const checked = requireSigner(sign);
      const handle = glue.Certificate.parse(requireBytes(certificate, "certificate"));
      own(this, new DeviceSigner(handle, checked), DeviceSigner, "ExternalDevice.activate()");
    });
  }

  static {
    nameClass(ExternalDevice, "ExternalDevice");
  }

  /**
   * Makes a link request of 137 bytes, like {@link PendingDevice.request}. Keep it for
   * {@link ExternalDevice.activate}, or for {@link ExternalDevice.renew}. Rejects with
   * `bad_length`, `bad_key`, `weak_key`, `bad_signature`, `invalid_signer`.
   */
  static async request(options: ExternalRequestOptions): Promise<Bytes> {
    const { sign, step } = callWith(
      () => {
        const { now, publicKey, secret, sign } = readOptions(options, requestNames);
        return {
          publicKey: requireBytes(publicKey, "publicKey"),
          sign: requireSigner(sign),
          secret: requireBytes(secret, "secret"),
          now: requireNow(now),
        };
      },
      ({ publicKey, sign, secret, now }) => ({
        sign,
        step: glue.UnsignedLinkRequest.create(publicKey, secret, now),
      }),
    );
    return signOne(step, sign);
  }

  /**
   * Returns the device whose request was granted, by whichever account knew the secret: compare its
   * `account`, or the fingerprint of that, with the account that the user means to join. To renew a
   * certificate, use {@link ExternalDevice.renew}. Throws as {@link PendingDevice.activate}.
   */
  static activate(options: ExternalActivateOptions): ExternalDevice {
    return callWith(
      () => {
        const given = readOptions(options, activateNames);
        return {
          publicKey: requireBytes(given.publicKey, "publicKey"),
          sign: requireSigner(given.sign),
          granted: grantedOf(given),
        };
      },
      ({ publicKey, sign, granted }) =>
        lend(
          glue.Certificate.activate(publicKey, granted),
          (certificate) => new ExternalDevice(certificate.toBytes(), sign),
        ),
    );
  }

  /**
   * Renews the certificate with the grant that answers a request of this device: make that with
   * {@link ExternalDevice.request}. Returns a new ExternalDevice with the same key and signer.
   * Throws as {@link ExternalDevice.activate}, `wrong_device` also if another key made the request,
   * and `wrong_account` if another account granted it.
   */
  renew(options: RenewOptions): ExternalDevice {
    return callWith(
      () => grantedOf(readOptions(options, renewNames)),
      (granted) => {
        const { certificate, sign } = deviceSigner(this);
        return lend(glue.Certificate.activate(certificate.device(), granted), (renewed) => {
          if (hex(renewed.account()) !== hex(certificate.account())) {
            throw new HushringError("wrong_account", "another account granted the certificate");
          }
          return new ExternalDevice(renewed.toBytes(), sign);
        });
      },
    );
  }

  /** The device's Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return call(() => deviceSigner(this).certificate.device());
  }

  /** The public key of the device's account, 32 bytes. */
  get account(): Bytes {
    return call(() => deviceSigner(this).certificate.account());
  }

  /** The certificate, 144 bytes. */
  get certificate(): Bytes {
    return call(() => deviceSigner(this).certificate.toBytes());
  }

  /**
   * Signs bundles like {@link Device.publish}, with one signature for each prekey, or better with
   * {@link Inbox.publish}. Rejects also with `bad_signature`, `invalid_signer`.
   */
  async publish(prekeys: readonly Prekey[], options?: PublishOptions): Promise<Bytes[]> {
    const { sign } = deviceSigner(this);
    const steps = callWith(
      () => readPublish(prekeys, options),
      ({ list, publication }) =>
        withPrekeys(list, (handles) =>
          glue.UnsignedBundle.create(deviceSigner(this).certificate, handles, publication),
        ),
    );
    return signEach(steps, sign);
  }

  /**
   * Seals like {@link Device.seal}, but the random bytes are the system's as they are, because the
   * key to hedge them by is elsewhere. Rejects also with `bad_signature`, `invalid_signer`.
   */
  async seal<Own = never>(
    bundle: PrekeyBundle,
    content: SealableContent<Own>,
    options?: SealOptions,
  ): Promise<Bytes> {
    const [envelope] = await sealFor(this, [bundle], content, options);
    return envelope as Bytes;
  }

  /**
   * Seals like {@link Device.sealMany}, with one signature for each bundle, one after the other, and
   * random bytes like {@link ExternalDevice.seal}. Rejects also with `bad_signature`,
   * `invalid_signer`.
   */
  async sealMany<Own = never>(
    bundles: readonly PrekeyBundle[],
    content: SealableContent<Own>,
    options?: SealOptions,
  ): Promise<Bytes[]> {
    return sealFor(this, bundles, content, options);
  }
}

/**
 * An account whose key lives elsewhere: it does what an {@link Account} does, with a
 * {@link Signer}.
 */
export class ExternalAccount extends Resource {
  /** Checks the public key (32 bytes). Throws `bad_key`, `weak_key`. */
  constructor(publicKey: Uint8Array, sign: Signer) {
    super();
    call(() => {
      const copy = requireBytes(publicKey, "publicKey");
      glue.fingerprint(copy);
      const signer = new AccountSigner(copy.slice(), requireSigner(sign));
      own(this, signer, AccountSigner, "new ExternalAccount()");
    });
  }

  static {
    nameClass(ExternalAccount, "ExternalAccount");
  }

  /** The Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return accountSigner(this).publicKey.slice();
  }

  /** The text that people compare: eight groups of four hex digits (see {@link fingerprint}). */
  get fingerprint(): string {
    const { publicKey } = accountSigner(this);
    return call(() => glue.fingerprint(publicKey));
  }

  /**
   * Certifies a device like {@link Account.certify}. Rejects also with `bad_signature`,
   * `invalid_signer`.
   */
  async certify(options: CertifyOptions): Promise<Bytes> {
    const { publicKey, sign } = accountSigner(this);
    const step = callWith(
      () => readCertify(options),
      ({ requested, validity }) => glue.UnsignedGrant.create(publicKey, requested, validity),
    );
    return signOne(step, sign);
  }

  /**
   * Revokes certificates like {@link Account.revoke}. Rejects also with `bad_signature`,
   * `invalid_signer`.
   */
  async revoke(floor: Date, options?: NowOption): Promise<Bytes> {
    const { publicKey, sign } = accountSigner(this);
    const step = callWith(
      () => readFloor(undefined, floor, options),
      (times) => glue.UnsignedRevocation.create(publicKey, times),
    );
    return signOne(step, sign);
  }

  /**
   * Revokes certificates of one device like {@link Account.revokeDevice}. Rejects also with
   * `bad_signature`, `invalid_signer`.
   */
  async revokeDevice(device: Uint8Array, floor: Date, options?: NowOption): Promise<Bytes> {
    const { publicKey, sign } = accountSigner(this);
    const step = callWith(
      () => readFloor(requireBytes(device, "device"), floor, options),
      (times) => glue.UnsignedRevocation.create(publicKey, times),
    );
    return signOne(step, sign);
  }
}

/** @internal Returns what an ExternalDevice owns, and goes on owning. */
export function externalSigner(device: unknown): DeviceSigner | undefined {
  return owned(device, DeviceSigner);
}

/** @internal The handle of an external device. It holds no secret. */
export class DeviceSigner {
  constructor(
    readonly certificate: glue.Certificate,
    readonly sign: Signer,
  ) {}

  free(): void {
    this.certificate.free();
  }
}

/** The handle of an external account. It holds no memory of the wasm and no secret. */
class AccountSigner {
  constructor(
    readonly publicKey: Bytes,
    readonly sign: Signer,
  ) {}

  free(): void {}
}

const requestNames: Names<ExternalRequestOptions> = {
  now: true,
  publicKey: true,
  secret: true,
  sign: true,
};

const renewNames: Names<RenewOptions> = { grant: true, now: true, request: true, secret: true };

const activateNames: Names<ExternalActivateOptions> = {
  ...renewNames,
  publicKey: true,
  sign: true,
};

function grantedOf({ grant, now, request, secret }: Given<RenewOptions>): glue.Granted {
  return {
    grant: requireBytes(grant, "grant"),
    request: requireBytes(request, "request"),
    secret: requireBytes(secret, "secret"),
    now: requireNow(now),
  };
}

/** @internal Throws `freed`, `invalid_argument`. */
export function deviceSigner(owner: unknown): DeviceSigner {
  return handleOf(owner, DeviceSigner, "this", "ExternalDevice");
}

async function sealFor(
  device: ExternalDevice,
  bundles: unknown,
  content: unknown,
  options: SealOptions | undefined,
): Promise<Bytes[]> {
  const { sign } = deviceSigner(device);
  const steps = callWith(
    () => ({
      list: requireArray(bundles, "bundles"),
      map: copyContent(content),
      ...readSeal(options),
    }),
    ({ list, map, messageId, now }) =>
      withBundles(list, (handles) => {
        const { certificate } = deviceSigner(device);
        return glue.UnsignedEnvelope.create(certificate, handles, map, messageId, now);
      }),
  );
  return signEach(steps, sign);
}

function accountSigner(owner: ExternalAccount): AccountSigner {
  return handleOf(owner, AccountSigner, "this", "ExternalAccount");
}

function requireSigner(sign: unknown): Signer {
  return requireFunction<Signer>(sign, "sign");
}

/** @internal A step of the binding that waits for a signature. `finish` consumes it, also if it throws. */
export interface Step extends Owned {
  toBeSigned(): Bytes;
  finish(signature: Bytes): Bytes;
}

async function signOne(step: Step, sign: Signer): Promise<Bytes> {
  const [result] = await signEach([step], sign);
  return result as Bytes;
}

/**
 * @internal Signs one after the other, because a signer may ask its user. Whatever was not finished
 * is freed, on every path.
 */
export async function signEach(steps: readonly Step[], sign: Signer): Promise<Bytes[]> {
  const waiting = new Set(steps);
  const results: Bytes[] = [];
  try {
    for (const step of steps) {
      const promise: unknown = sign(call(() => step.toBeSigned()));
      // Waiting for a revoked proxy would throw an error of the engine's.
      const signature: unknown = isObject(promise) ? await promise : promise;
      if (!isBytes(signature) || lengthOf(signature) !== 64) {
        const found = isBytes(signature) ? `${lengthOf(signature)} bytes` : describe(signature);
        throw new HushringError(
          "invalid_signer",
          `the signer must resolve to a Uint8Array of 64 bytes, not ${found}`,
        );
      }
      results.push(
        call(() => {
          const copy = requireBytes(signature, "signature");
          waiting.delete(step);
          return step.finish(copy);
        }),
      );
    }
    return results;
  } finally {
    for (const step of waiting) step.free();
  }
}
