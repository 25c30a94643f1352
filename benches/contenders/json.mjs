// Content as JSON, deflated by node:zlib, which is native code and synchronous. In a page it would be
// CompressionStream, which is asynchronous, or a library of its own. This favours the alternatives.

import { deflateRawSync, inflateRawSync } from "node:zlib";

export const deflated = (content) => deflateRawSync(JSON.stringify(content), { level: 9 });

export const inflated = (bytes) =>
  JSON.parse(inflateRawSync(bytes, { maxOutputLength: 65_536 }).toString());
