// What somebody without hushring writes by hand around a cryptographic library: a certificate, a
// frame of constant size, and what is signed. The layout is hushring's, so that all contenders sign,
// pad and encrypt the same number of bytes.

export const ENVELOPE = 2880;
export const HEADER = 10;
export const SIGNATURE = 64;

const CERTIFICATE = 144; // account key 32, device key 32, two times, the account's signature 64
const CONTENT = CERTIFICATE + 16 + 8 + 2; // message id, sent_at, n

export const certified = (certificate) => ({
  body: certificate.subarray(0, 80),
  device: certificate.subarray(32, 64),
  signature: certificate.subarray(80, CERTIFICATE),
});

/** The first 80 bytes of a certificate, which the account signs. */
export function certificateBody(account, device) {
  const body = new Uint8Array(80);
  body.set(account, 0);
  body.set(device, 32);
  const now = BigInt(Math.floor(Date.now() / 1000));
  const view = new DataView(body.buffer);
  view.setBigUint64(64, now);
  view.setBigUint64(72, now + 365n * 86_400n);
  return body;
}

/** The bytes of room for deflated content in a frame. */
export const room = (frameSize) => frameSize - CONTENT - SIGNATURE;

/** A padded frame whose signature is still zeros, and how much of it is to be signed. */
export function encodeFrame(frameSize, certificate, content) {
  if (content.length > room(frameSize)) throw new Error("too large");
  const frame = new Uint8Array(frameSize);
  frame.set(certificate, 0);
  crypto.getRandomValues(frame.subarray(CERTIFICATE, CERTIFICATE + 16));
  const view = new DataView(frame.buffer);
  view.setBigUint64(CERTIFICATE + 16, BigInt(Date.now()));
  view.setUint16(CONTENT - 2, content.length);
  frame.set(content, CONTENT);
  return { frame, signedLength: CONTENT + content.length };
}

export function decodeFrame(frame) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const end = CONTENT + view.getUint16(CONTENT - 2);
  if (end + SIGNATURE > frame.length) throw new Error("bad length");
  return {
    certificate: frame.subarray(0, CERTIFICATE),
    signed: frame.subarray(0, end),
    signature: frame.subarray(end, end + SIGNATURE),
    content: frame.subarray(CONTENT, end),
  };
}

/**
 * The library's cryptography alone, over a frame that is ready and holds so many bytes of content.
 * Returns what seals, and what opens the envelope that it gets: the content, once it is verified.
 */
export function bare({ frameSize, certificate, sealFrame, openFrame }, length) {
  const content = crypto.getRandomValues(new Uint8Array(length));
  const { frame, signedLength } = encodeFrame(frameSize, certificate, content);
  return { content, seal: () => sealFrame(frame, signedLength), open: openFrame };
}

/** The whole job, with a codec from content to deflated bytes and back. */
export function whole({ frameSize, certificate, sealFrame, openFrame }, { deflated, inflated }) {
  const seal = (content) => {
    const { frame, signedLength } = encodeFrame(frameSize, certificate, deflated(content));
    return sealFrame(frame, signedLength);
  };
  const open = (envelope) => {
    const content = openFrame(envelope);
    return content instanceof Promise ? content.then(inflated) : inflated(content);
  };
  return { room: room(frameSize), seal, open };
}

export function concat(...parts) {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
