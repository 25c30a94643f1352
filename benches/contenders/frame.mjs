// What somebody without hushring writes by hand around a cryptographic library: a certificate, a
// frame of constant size, and content as JSON, deflated. The layout is hushring's, so that all
// contenders sign, pad and encrypt the same number of bytes.
//
// DEFLATE comes from node:zlib, which is native code and synchronous. In a page it would be
// CompressionStream, which is asynchronous, or a library of its own. This favours the alternatives.

import { deflateRawSync, inflateRawSync } from "node:zlib";

export const ENVELOPE = 2880;
export const HEADER = 10;

const CERTIFICATE = 144; // account key 32, device key 32, two times, the account's signature 64
const CONTENT = CERTIFICATE + 16 + 8 + 2; // message id, sent_at, n
const SIGNATURE = 64;

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

export const deflated = (content) => deflateRawSync(JSON.stringify(content), { level: 9 });

/** A padded frame whose signature is still zeros, and how much of it is to be signed. */
export function encodeFrame(frameSize, certificate, content) {
  const bytes = deflated(content);
  if (bytes.length > room(frameSize)) throw new Error("too large");
  const frame = new Uint8Array(frameSize);
  frame.set(certificate, 0);
  crypto.getRandomValues(frame.subarray(CERTIFICATE, CERTIFICATE + 16));
  const view = new DataView(frame.buffer);
  view.setBigUint64(CERTIFICATE + 16, BigInt(Date.now()));
  view.setUint16(CONTENT - 2, bytes.length);
  frame.set(bytes, CONTENT);
  return { frame, signedLength: CONTENT + bytes.length };
}

export function decodeFrame(frame) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const end = CONTENT + view.getUint16(CONTENT - 2);
  if (end + SIGNATURE > frame.length) throw new Error("bad length");
  return {
    certificate: frame.subarray(0, CERTIFICATE),
    signed: frame.subarray(0, end),
    signature: frame.subarray(end, end + SIGNATURE),
    // Called after verification only.
    content: () =>
      JSON.parse(inflateRawSync(frame.subarray(CONTENT, end), { maxOutputLength: 65_536 })),
  };
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
