// The network that a browser sees: interfaces and random addresses, new for every launch.

import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";

const ip = (...args) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** Interfaces of each kind of network, by names that browsers take for Ethernet, Wi-Fi and a VPN. */
const interfaces = {
  one: [{ name: "eth0", v6: 0 }],
  wifi: [{ name: "wlan0", v6: 0 }],
  dual: [{ name: "wlan0", v6: 1 }],
  many: [
    { name: "eth0", v6: 1 },
    { name: "wlan0", v6: 1 },
    { name: "tun0", v6: 0 },
  ],
  crowd: [
    { name: "eth0", v6: 3 },
    { name: "wlan0", v6: 3 },
    { name: "tun0", v6: 1 },
    { name: "docker0", v6: 1 },
  ],
};

/** Replaces every interface but the loopback; gives the first private address and a public one. */
export function setNetwork(kind) {
  for (const name of ["eth0", "wlan0", "tun0", "docker0"]) {
    try {
      ip("link", "del", name);
    } catch {
      // It was not there.
    }
  }
  ip("link", "set", "lo", "up");
  let first;
  for (const { name, v6 } of interfaces[kind]) {
    ip("link", "add", name, "type", "veth", "peer", "name", `p-${name}`);
    ip("link", "set", name, "up");
    ip("link", "set", `p-${name}`, "up");
    const address = privateAddress();
    ip("addr", "add", `${address}/24`, "dev", name);
    for (let n = 0; n < v6; n++)
      ip("-6", "addr", "add", `${documentationAddressV6()}/64`, "dev", name, "nodad");
    if (first === undefined) {
      first = address;
      ip("route", "add", "default", "dev", name);
      if (v6 > 0) ip("-6", "route", "add", "default", "dev", name);
    }
  }
  return { private: first, public: documentationAddress() };
}

/** RFC 5737. */
export function documentationAddress() {
  return `${["192.0.2", "198.51.100", "203.0.113"][randomInt(3)]}.${randomInt(1, 255)}`;
}

/** RFC 3849. */
export function documentationAddressV6() {
  const group = () => randomInt(1, 0x10000).toString(16);
  return ["2001", "db8", group(), group(), group(), group(), group(), group()].join(":");
}

function privateAddress() {
  switch (randomInt(3)) {
    case 0:
      return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(2, 255)}`;
    case 1:
      return `172.${randomInt(16, 32)}.${randomInt(256)}.${randomInt(2, 255)}`;
    default:
      return `192.168.${randomInt(256)}.${randomInt(2, 255)}`;
  }
}
