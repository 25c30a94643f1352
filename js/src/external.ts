import { type CertificateOptions, certificateTimes, type NowOption, nowOf } from "./account.js";
import { type PrekeyBundle, withBundles } from "./bundle.js";
import type { Bytes } from "./bytes.js";
import {
  arrayOf,
  bytesOf,
  currentMillisOf,
  hex,
  invalid,
  isBytes,
  lengthOf,
  millisOf,
  optionsOf,
} from "./check.js";
import { type SealableContent, toBinding } from "./content.js";
import { type SealOptions, sealOptions } from "./device.js";
import { HushringError } from "./error.js";
import * as glue from "./glue.js";
import { type Prekey, withPrekeys } from "./prekey.js";
import { handleOf, lend, own, owned, type Owned, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";

/**
 * Signs with an Ed25519 key that lives elsewhere: a WebCrypto key that cannot be exported, a secure
 * element. It gets at most 128 bytes, never content, and resolves to the 64 bytes of the signature.
 * What it throws or rejects with is passed on as it is.
 */
export type Signer = (bytes: Bytes) => Promise<Uint8Array>;

/** Options of {@link ExternalDevice.activate} and {@link ExternalDevice.renew}. */
export interface ExternalActivateOptions extends NowOption {
  /** The link request that was granted, 137 bytes. */
  readonly request: Uint8Array;
  /** The grant, 177 bytes. */
  readonly grant: Uint8Array;
  /** The link secret, 32 bytes. */
  readonly secret: Uint8Array;
}

/**
 * A device whose key lives elsewhere: what a {@link Device} does, with a {@link Signer}. Every
 * signature is verified before use; if one fails, nothing is returned, and calling again starts
 * over with fresh keys.
 */
export class ExternalDevice extends Resource {
  /** Checks the certificate (144 bytes). Throws `bad_length`, `bad_certificate`. */
  constructor(certificate: Uint8Array, sign: Signer) {
    super();
    call(() => {
      const checked = signer(sign);
      const handle = glue.Certificate.parse(bytesOf(certificate, "certificate"));
      own(this, new DeviceSigner(handle, checked), DeviceSigner);
    });
  }

  /**
   * A link request (137 bytes) of the device with this public key (32 bytes), like
   * `Device.generate().request(secret)`. Keep it for {@link ExternalDevice.activate}, or for
   * {@link ExternalDevice.renew}. Rejects with `bad_length`, `bad_key`, `weak_key`,
   * `bad_signature`, `invalid_signer`.
   */
  static async request(
    publicKey: Uint8Array,
    sign: Signer,
    secret: Uint8Array,
    options?: NowOption,
  ): Promise<Bytes> {
    const copy = call(() => bytesOf(secret, "secret"));
    const checked = signer(sign);
    const requesting = callWith(
      () => nowOf(options),
      (now) => glue.Requesting.begin(bytesOf(publicKey, "publicKey"), now),
    );
    return signOne(requesting, checked, (signature) => requesting.finish(signature, copy));
  }

  /**
   * The device whose request was granted, by whichever account knew the secret: compare its
   * `account`, or the fingerprint of that, with the account that the user means to join. To renew a
   * certificate, use {@link ExternalDevice.renew}. Throws as {@link PendingDevice.activate}.
   */
  static activate(
    publicKey: Uint8Array,
    sign: Signer,
    options: ExternalActivateOptions,
  ): ExternalDevice {
    return callWith(
      () => activateOptions(options),
      ({ request, grant, secret, now }) => {
        const device = bytesOf(publicKey, "publicKey");
        const handle = glue.activateCertificate(device, request, grant, secret, now);
        return new ExternalDevice(
          lend(handle, (certificate) => certificate.toBytes()),
          sign,
        );
      },
    );
  }

  /**
   * Renews the certificate with the grant that answers a request of this device
   * (`ExternalDevice.request(device.publicKey, …)`): a new ExternalDevice with the same key and
   * signer. Throws as {@link ExternalDevice.activate}, `wrong_device` also if the request is of
   * another key, and `wrong_account` if another account granted it.
   */
  renew(options: ExternalActivateOptions): ExternalDevice {
    return callWith(
      () => activateOptions(options),
      ({ request, grant, secret, now }) => {
        const { certificate, sign } = deviceSigner(this);
        const handle = glue.activateCertificate(certificate.device(), request, grant, secret, now);
        return lend(handle, (renewed) => {
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
   * Like {@link Device.publish}. Signs once for each prekey. Rejects also with `bad_signature`,
   * `invalid_signer`.
   */
  async publish(prekeys: readonly Prekey[], options?: NowOption): Promise<Bytes[]> {
    const { sign } = deviceSigner(this);
    const publishings = callWith(
      () => ({ list: arrayOf(prekeys, "prekeys"), now: nowOf(options) }),
      ({ list, now }) =>
        withPrekeys(list, (handles) =>
          glue.Publishing.begin(deviceSigner(this).certificate, handles, now),
        ),
    );
    return signEach(publishings, sign, (publishing, signature) => publishing.finish(signature));
  }

  /** Like {@link Device.seal}. Rejects also with `bad_signature`, `invalid_signer`. */
  async seal<Type extends string = never>(
    bundle: PrekeyBundle,
    content: SealableContent<Type>,
    options?: SealOptions,
  ): Promise<Bytes> {
    const [envelope] = await this.sealMany([bundle], content, options);
    return envelope as Bytes;
  }

  /** Like {@link Device.sealMany}. Signs once for each bundle, one after the other. */
  async sealMany<Type extends string = never>(
    bundles: readonly PrekeyBundle[],
    content: SealableContent<Type>,
    options?: SealOptions,
  ): Promise<Bytes[]> {
    const { sign } = deviceSigner(this);
    const sealings = callWith(
      () => ({
        list: arrayOf(bundles, "bundles"),
        members: toBinding(content),
        ...sealOptions(options),
      }),
      ({ list, members, messageId, now }) =>
        withBundles(list, (handles) =>
          glue.Sealing.begin(deviceSigner(this).certificate, handles, members, messageId, now),
        ),
    );
    return signEach(sealings, sign, (sealing, signature) => sealing.finish(signature));
  }
}

/** An account whose key lives elsewhere: what an {@link Account} does, with a {@link Signer}. */
export class ExternalAccount extends Resource {
  /** Checks the public key (32 bytes). Throws `bad_key`, `weak_key`. */
  constructor(publicKey: Uint8Array, sign: Signer) {
    super();
    call(() => {
      const copy = bytesOf(publicKey, "publicKey");
      glue.fingerprint(copy);
      own(this, new AccountSigner(copy, signer(sign)), AccountSigner);
    });
  }

  /** The Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return accountSigner(this).publicKey.slice();
  }

  /** What people compare: eight groups of four hex digits (see {@link fingerprint}). */
  get fingerprint(): string {
    const { publicKey } = accountSigner(this);
    return call(() => glue.fingerprint(publicKey));
  }

  /** Like {@link Account.certify}. Rejects also with `bad_signature`, `invalid_signer`. */
  async certify(
    request: Uint8Array,
    secret: Uint8Array,
    options: CertificateOptions,
  ): Promise<Bytes> {
    const { publicKey, sign } = accountSigner(this);
    const certifying = callWith(
      () => certificateTimes(options),
      ({ notBefore, floor, expiresAt, now }) =>
        glue.Certifying.begin(
          publicKey,
          bytesOf(request, "request"),
          bytesOf(secret, "secret"),
          notBefore,
          floor,
          expiresAt,
          now,
        ),
    );
    return signOne(certifying, sign, (signature) => certifying.finish(signature));
  }

  /** Like {@link Account.revoke}. Rejects also with `bad_signature`, `invalid_signer`. */
  async revoke(floor: Date, options?: NowOption): Promise<Bytes> {
    const { publicKey, sign } = accountSigner(this);
    const revoking = callWith(
      () => nowOf(options),
      (now) => glue.Revoking.begin(publicKey, millisOf(floor, "floor"), now),
    );
    return signOne(revoking, sign, (signature) => revoking.finish(signature));
  }
}

/** @internal The certificate of an ExternalDevice, which still owns it. */
export function externalCertificate(device: unknown): glue.Certificate | undefined {
  return owned(device, DeviceSigner)?.certificate;
}

/** What an external device owns. It holds no secret. */
class DeviceSigner {
  constructor(
    readonly certificate: glue.Certificate,
    readonly sign: Signer,
  ) {}

  free(): void {
    this.certificate.free();
  }
}

/** What an external account owns. It holds no memory of the wasm and no secret. */
class AccountSigner {
  constructor(
    readonly publicKey: Bytes,
    readonly sign: Signer,
  ) {}

  free(): void {}
}

function activateOptions(value: ExternalActivateOptions): {
  request: Bytes;
  grant: Bytes;
  secret: Bytes;
  now: number;
} {
  const { request, grant, secret, now } = optionsOf(value);
  return {
    request: bytesOf(request, "request"),
    grant: bytesOf(grant, "grant"),
    secret: bytesOf(secret, "secret"),
    now: currentMillisOf(now),
  };
}

function deviceSigner(owner: ExternalDevice): DeviceSigner {
  return handleOf(owner, DeviceSigner, "this must be an ExternalDevice");
}

function accountSigner(owner: ExternalAccount): AccountSigner {
  return handleOf(owner, AccountSigner, "this must be an ExternalAccount");
}

function signer(sign: unknown): Signer {
  if (typeof sign !== "function") throw invalid("sign must be a function");
  return sign as Signer;
}

/**
 * A step of the binding that waits for a signature. Its `finish` consumes it, whether it succeeds
 * or not.
 */
interface Step extends Owned {
  toSign(): Bytes;
}

async function signOne(
  step: Step,
  sign: Signer,
  finish: (signature: Bytes) => Bytes,
): Promise<Bytes> {
  const [result] = await signEach([step], sign, (_, signature) => finish(signature));
  return result as Bytes;
}

/**
 * One after the other, since a signer may ask its user. What was not finished is freed, on every
 * path.
 */
async function signEach<S extends Step>(
  steps: readonly S[],
  sign: Signer,
  finish: (step: S, signature: Bytes) => Bytes,
): Promise<Bytes[]> {
  const waiting = new Set(steps);
  const results: Bytes[] = [];
  try {
    for (const step of steps) {
      const signature: unknown = await sign(step.toSign());
      if (!isBytes(signature) || lengthOf(signature) !== 64) {
        throw new HushringError(
          "invalid_signer",
          "the signer must resolve to a Uint8Array of 64 bytes",
        );
      }
      const copy = bytesOf(signature, "signature");
      waiting.delete(step);
      results.push(call(() => finish(step, copy)));
    }
    return results;
  } finally {
    for (const step of waiting) step.free();
  }
}
