import { type CertificateOptions, certificateTimes, type NowOption, nowOf } from "./account.js";
import { type PrekeyBundle, withBundles } from "./bundle.js";
import type { Bytes } from "./bytes.js";
import { bytesOf, currentMillisOf, invalid, isBytes, millisOf, optionsOf } from "./check.js";
import { type SealableContent, toBinding } from "./content.js";
import { type SealOptions, sealOptions } from "./device.js";
import { HushringError } from "./error.js";
import * as glue from "./glue.js";
import { type Prekey, withPrekeys } from "./prekey.js";
import { handleOf, own, type Owned, Resource } from "./resource.js";
import { call } from "./runtime.js";

/**
 * Signs with an Ed25519 key that lives elsewhere: a WebCrypto key that cannot be exported, a secure
 * element. It gets at most 128 bytes, never content, and resolves to the 64 bytes of the signature.
 * What it throws or rejects with is passed on as it is.
 */
export type Signer = (bytes: Bytes) => Promise<Uint8Array>;

/** Options of {@link ExternalDevice.activate}. */
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
      const copy = bytesOf(certificate, "certificate");
      const { account, device } = glue.certificateInfo(copy) as CertificateInfo;
      own(this, new ExternalKey(device, account, copy, signer(sign)), ExternalKey);
    });
  }

  /**
   * A link request (137 bytes) of the device with this public key (32 bytes), like
   * `Device.generate().request(secret)`. Keep it for {@link ExternalDevice.activate}. Renews a
   * certificate as well. Rejects with `bad_length`, `bad_key`, `weak_key`, `bad_signature`,
   * `invalid_signer`.
   */
  static async request(
    publicKey: Uint8Array,
    sign: Signer,
    secret: Uint8Array,
    options?: NowOption,
  ): Promise<Bytes> {
    const copy = call(() => bytesOf(secret, "secret"));
    const checked = signer(sign);
    const requesting = call(() =>
      glue.Requesting.begin(bytesOf(publicKey, "publicKey"), nowOf(options)),
    );
    return signOne(requesting, checked, (signature) => requesting.finish(signature, copy));
  }

  /** The device whose request was granted. Throws as {@link PendingDevice.activate}. */
  static activate(
    publicKey: Uint8Array,
    sign: Signer,
    options: ExternalActivateOptions,
  ): ExternalDevice {
    return call(() => {
      const { request, grant, secret, now } = optionsOf(options);
      const certificate = glue.activateCertificate(
        bytesOf(publicKey, "publicKey"),
        bytesOf(request, "request"),
        bytesOf(grant, "grant"),
        bytesOf(secret, "secret"),
        currentMillisOf(now),
      );
      return new ExternalDevice(certificate, sign);
    });
  }

  /** The device's Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return externalKey(this).publicKey.slice();
  }

  /** The public key of the device's account, 32 bytes. */
  get account(): Bytes {
    return externalKey(this).account.slice();
  }

  /** The certificate, 144 bytes. */
  get certificate(): Bytes {
    return externalKey(this).certificate.slice();
  }

  /**
   * Like {@link Device.publish}. Signs once for each prekey. Rejects also with `bad_signature`,
   * `invalid_signer`.
   */
  async publish(prekeys: readonly Prekey[], options?: NowOption): Promise<Bytes[]> {
    const { certificate, sign } = externalKey(this);
    const publishings = call(() => {
      const now = nowOf(options);
      return withPrekeys(prekeys, (list) => glue.Publishing.begin(certificate, list, now));
    });
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
    const { certificate, sign } = externalKey(this);
    const sealings = call(() => {
      const { messageId, now } = sealOptions(options);
      return withBundles(bundles, (list) =>
        glue.Sealing.begin(certificate, list, toBinding(content), messageId, now),
      );
    });
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
      own(this, new ExternalKey(copy, copy, new Uint8Array(0), signer(sign)), ExternalKey);
    });
  }

  /** The Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return externalKey(this).publicKey.slice();
  }

  /** What people compare: eight groups of four hex digits (see {@link fingerprint}). */
  get fingerprint(): string {
    const { publicKey } = externalKey(this);
    return call(() => glue.fingerprint(publicKey));
  }

  /** Like {@link Account.certify}. Rejects also with `bad_signature`, `invalid_signer`. */
  async certify(
    request: Uint8Array,
    secret: Uint8Array,
    options: CertificateOptions,
  ): Promise<Bytes> {
    const { publicKey, sign } = externalKey(this);
    const certifying = call(() => {
      const { notBefore, floor, expiresAt, now } = certificateTimes(options);
      return glue.Certifying.begin(
        publicKey,
        bytesOf(request, "request"),
        bytesOf(secret, "secret"),
        notBefore,
        floor,
        expiresAt,
        now,
      );
    });
    return signOne(certifying, sign, (signature) => certifying.finish(signature));
  }

  /** Like {@link Account.revoke}. Rejects also with `bad_signature`, `invalid_signer`. */
  async revoke(floor: Date, options?: NowOption): Promise<Bytes> {
    const { publicKey, sign } = externalKey(this);
    const revoking = call(() =>
      glue.Revoking.begin(publicKey, millisOf(floor, "floor"), nowOf(options)),
    );
    return signOne(revoking, sign, (signature) => revoking.finish(signature));
  }
}

/** @internal The certificate of an ExternalDevice. */
export function externalCertificate(device: ExternalDevice): Bytes {
  return externalKey(device).certificate;
}

interface CertificateInfo {
  readonly account: Bytes;
  readonly device: Bytes;
}

/** What an external device or account owns. It holds no memory of the wasm and no secret. */
class ExternalKey {
  constructor(
    readonly publicKey: Bytes,
    readonly account: Bytes,
    readonly certificate: Bytes,
    readonly sign: Signer,
  ) {}

  free(): void {}
}

function externalKey(owner: ExternalDevice | ExternalAccount): ExternalKey {
  return handleOf(owner, ExternalKey, "this must be an ExternalDevice or ExternalAccount");
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
      if (!isBytes(signature) || signature.length !== 64) {
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
