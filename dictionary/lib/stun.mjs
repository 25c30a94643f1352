// A STUN (RFC 8489) and TURN (RFC 8656) responder that is just good enough to make browsers gather
// server-reflexive and relayed candidates. It relays nothing.

import { createHash, createHmac, randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

import { documentationAddress } from "./network.mjs";

const port = 3478;
const realm = "corpus";
const username = "user";
const credential = "secret";
const cookie = 0x2112a442;
const key = createHash("md5").update(`${username}:${realm}:${credential}`).digest();

const method = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  createPermission: 0x008,
  channelBind: 0x009,
};
const attribute = {
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  xorMappedAddress: 0x0020,
};

/** Listens on UDP and TCP port 3478 of all addresses. */
export async function startStunAndTurn() {
  let publicAddress = documentationAddress();
  const mappedPorts = new Map();
  const mapped = (source) => {
    const name = `${publicAddress} ${source}`;
    if (!mappedPorts.has(name)) mappedPorts.set(name, randomInt(1024, 65536));
    return { address: publicAddress, port: mappedPorts.get(name) };
  };

  const udp = createSocket("udp4");
  udp.on("message", (message, from) => {
    const answer = respond(message, mapped(`${from.address}:${from.port}`));
    if (answer) udp.send(answer, from.port, from.address);
  });
  await new Promise((resolve) => udp.bind(port, "0.0.0.0", resolve));

  const tcp = createServer((socket) => {
    let waiting = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      waiting = Buffer.concat([waiting, data]);
      while (waiting.length >= 20 && waiting.length >= 20 + waiting.readUInt16BE(2)) {
        const end = 20 + waiting.readUInt16BE(2);
        const answer = respond(
          waiting.subarray(0, end),
          mapped(`tcp ${socket.remoteAddress}:${socket.remotePort}`),
        );
        if (answer) socket.write(answer);
        waiting = waiting.subarray(end);
      }
    });
  });
  await new Promise((resolve) => tcp.listen(port, "0.0.0.0", resolve));

  return {
    setPublicAddress: (address) => {
      publicAddress = address;
    },
    iceServers: (address) => ({
      stun: [{ urls: `stun:${address}:${port}` }],
      turn: [
        { urls: `stun:${address}:${port}` },
        {
          urls: [`turn:${address}:${port}?transport=udp`, `turn:${address}:${port}?transport=tcp`],
          username,
          credential,
        },
      ],
    }),
    close: () => {
      udp.close();
      tcp.close();
    },
  };
}

function respond(message, mapped) {
  if (message.length < 20 || message.readUInt32BE(4) !== cookie || (message[0] & 0xc0) !== 0)
    return undefined;
  const type = message.readUInt16BE(0);
  if ((type & 0x0110) !== 0) return undefined; // Only requests are answered.
  const transaction = message.subarray(4, 20);
  const reflexive = [attribute.xorMappedAddress, xorAddress(mapped)];
  if (type === method.binding) return encode(type | 0x0100, transaction, [reflexive], false);
  if (!has(message, attribute.messageIntegrity)) {
    const unauthorised = Buffer.concat([Buffer.from([0, 0, 4, 1]), Buffer.from("Unauthorized")]);
    return encode(
      type | 0x0110,
      transaction,
      [
        [attribute.errorCode, unauthorised],
        [attribute.realm, Buffer.from(realm)],
        [attribute.nonce, Buffer.from(randomBytes(8).toString("hex"))],
      ],
      false,
    );
  }
  const lifetime = [attribute.lifetime, Buffer.from([0, 0, 2, 88])];
  switch (type) {
    case method.allocate: {
      const relayed = { address: documentationAddress(), port: randomInt(49152, 65536) };
      return encode(
        type | 0x0100,
        transaction,
        [[attribute.xorRelayedAddress, xorAddress(relayed)], lifetime, reflexive],
        true,
      );
    }
    case method.refresh:
      return encode(type | 0x0100, transaction, [lifetime], true);
    case method.createPermission:
    case method.channelBind:
      return encode(type | 0x0100, transaction, [], true);
    default:
      return undefined;
  }
}

function encode(type, transaction, attributes, withIntegrity) {
  const body = Buffer.concat(
    attributes.map(([kind, value]) => {
      const head = Buffer.alloc(4);
      head.writeUInt16BE(kind, 0);
      head.writeUInt16BE(value.length, 2);
      return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
    }),
  );
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(body.length + (withIntegrity ? 24 : 0), 2);
  const message = Buffer.concat([head, transaction, body]);
  if (!withIntegrity) return message;
  const integrity = createHmac("sha1", key).update(message).digest();
  return Buffer.concat([message, Buffer.from([0, attribute.messageIntegrity, 0, 20]), integrity]);
}

function has(message, kind) {
  for (let at = 20; at + 4 <= message.length; ) {
    if (message.readUInt16BE(at) === kind) return true;
    const length = message.readUInt16BE(at + 2);
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return false;
}

function xorAddress({ address, port }) {
  const value = Buffer.alloc(8);
  value[1] = 1;
  value.writeUInt16BE(port ^ (cookie >>> 16), 2);
  const octets = Buffer.from(address.split(".").map(Number));
  value.writeUInt32BE((octets.readUInt32BE(0) ^ cookie) >>> 0, 4);
  return value;
}
