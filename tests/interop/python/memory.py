"""envelope.md, "Prekeys and bundles": what an account last published (B15, B27), and as bytes."""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import hpke
from refusal import require

if TYPE_CHECKING:
    from bundles import Bundle

ROOM = 2_048


@dataclass
class Publication:
    """The newest publication of a device that was accepted (B15): a hash for each suite."""

    issued_at: int
    offers: int
    hashes: dict[int, bytes] = field(default_factory=dict)


@dataclass
class LastPublished:
    floor: int = 0
    devices: dict[bytes, Publication] = field(default_factory=dict)

    @classmethod
    def unpack(cls, data: bytes, account: bytes) -> "LastPublished":
        """Checks B28 to B32."""
        require(data[:1] > b"\x00", "bad_state")  # B28
        require(data[0] == 1, "state_too_new")
        fields = data[:-32]
        intact = len(data) >= 73 and hashlib.sha256(fields).digest() == data[-32:]
        require(intact, "bad_state")  # B29
        require(fields[1:33] == account, "wrong_account")  # B30
        found = cls(int.from_bytes(fields[33:41]))
        at, last = 41, b""
        while at < len(fields):
            require(len(fields) - at >= 42, "bad_state")  # B31
            device, issued_at, offers, bits = struct.unpack(">32sQBB", fields[at : at + 42])
            require(last < device and len(found.devices) < ROOM, "bad_state")
            require(0 < bits <= 3 and bits & ~offers == 0, "bad_state")  # B32
            at, last = at + 42, device
            publication = Publication(issued_at, offers)
            for suite in sorted(hpke.SUITES):
                if bits & suite:
                    require(len(fields) - at >= 32, "bad_state")  # B31
                    publication.hashes[suite] = fields[at : at + 32]
                    at += 32
            found.devices[device] = publication
        return found

    def pack(self, account: bytes) -> bytes:
        fields = b"\x01" + account + self.floor.to_bytes(8)
        for device, last in sorted(self.devices.items()):
            fields += device + struct.pack(">QBB", last.issued_at, last.offers, sum(last.hashes))
            fields += b"".join(last.hashes[suite] for suite in sorted(last.hashes))
        return fields + hashlib.sha256(fields).digest()

    def check(self, bundle: "Bundle") -> None:
        """Checks B14."""
        last = self.devices.get(bundle.certificate.device)
        if last is None:
            require(bundle.issued_at >= self.floor, "stale_bundle")
            return
        require(bundle.issued_at >= last.issued_at, "stale_bundle")
        if bundle.issued_at == last.issued_at:
            require(bundle.offers == last.offers, "stale_bundle")
            known = last.hashes.get(bundle.suite.byte, bundle.hash)
            require(known == bundle.hash, "stale_bundle")

    def add(self, bundle: "Bundle") -> None:
        """Takes note of a bundle that was accepted (B15)."""
        before = self.devices.get(bundle.certificate.device)
        if before is None or bundle.issued_at > before.issued_at:
            before = Publication(bundle.issued_at, bundle.offers)
            self.devices[bundle.certificate.device] = before
        before.hashes[bundle.suite.byte] = bundle.hash

    def make_room(self) -> None:
        """Applies B27, after a list."""
        while len(self.devices) > ROOM:
            lowest = min(last.issued_at for last in self.devices.values())
            leaves = max(key for key, last in self.devices.items() if last.issued_at == lowest)
            del self.devices[leaves]
            self.floor = max(self.floor, lowest + 1)
