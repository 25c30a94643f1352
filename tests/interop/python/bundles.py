"""envelope.md, "Prekeys and bundles", and the prekeys of "Keys"."""

import hashlib
import struct
from typing import NamedTuple

import hpke
import times
from keys import Certificate, Device, Floors, verify
from memory import LastPublished
from refusal import Refusal, require

DAY = 86_400


def prekey_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:8]


class Prekey(NamedTuple):
    key: hpke.PrivateKey
    expires_at: int

    @classmethod
    def read(cls, export: bytes) -> "Prekey":
        require(len(export) == 41, "bad_length")
        require(export[0] in hpke.SUITES, "unsupported_suite")
        key = hpke.PrivateKey(hpke.SUITES[export[0]], export[1:33])
        return cls(key, int.from_bytes(export[33:]))

    @property
    def suite(self) -> hpke.Suite:
        return self.key.suite

    @property
    def id(self) -> bytes:
        return prekey_id(self.key.public)


class Bundle(NamedTuple):
    certificate: Certificate
    offers: int
    suite: hpke.Suite
    issued_at: int
    expires_at: int
    key: bytes
    hash: bytes

    @classmethod
    def read(cls, data: bytes, account: bytes) -> "Bundle":
        """Checks B1 to B10, which need neither a clock nor state."""
        require(len(data) >= 147, "bad_length")
        require(data[0] == 1, "unsupported_version")
        require(data[146] in hpke.SUITES, "unsupported_suite")
        suite = hpke.SUITES[data[146]]
        require(len(data) == 163 + suite.public_key + 64, "bad_length")
        certificate = Certificate.read(data[1:145])
        require(certificate.account == account, "wrong_account")
        offers = data[145]
        require(offers & suite.byte != 0, "bad_offers")  # bits 0 and 1 have the suites' values
        issued_at, expires_at = struct.unpack(">QQ", data[147:163])
        require(0 < expires_at - issued_at <= 90 * DAY, "bad_lifetime")
        require(expires_at <= certificate.expires_at, "bad_lifetime")
        key = data[163:-64]
        hpke.check_public_key(suite, key)
        verify(certificate.device, "hushring/1 prekey", data[:-64], data[-64:], "bad_signature")
        digest = hashlib.sha256(data).digest()
        return cls(certificate, offers, suite, issued_at, expires_at, key, digest)

    @property
    def offered(self) -> list[hpke.Suite]:
        return [suite for suite in hpke.SUITES.values() if self.offers & suite.byte]

    def check(self, now: int, floors: Floors) -> None:
        """Checks B11 to B13."""
        self.certificate.check_floors(floors)
        self.certificate.check_times(now)
        require(times.in_ms(self.issued_at) <= times.later(now), "bundle_not_yet_valid")
        self.check_expiry(now)

    def check_expiry(self, now: int) -> None:
        require(now < times.in_ms(self.expires_at), "bundle_expired")


def verify_all(
    bundles: list[bytes],
    account: bytes,
    now: int,
    floors: Floors,
    stored: LastPublished,
) -> tuple[dict[int, Bundle], dict[int, str]]:
    """Applies B25, B15 and B27. Returns the accepted bundles and the codes of the others, by place.

    Updates `stored`.
    """
    accepted, rejected = {}, {}
    for place, data in enumerate(bundles):
        try:
            require(place < 512, "too_many")
            bundle = Bundle.read(data, account)
            bundle.check(now, floors)
            stored.check(bundle)
            accepted[place] = bundle
        except Refusal as refusal:
            rejected[place] = refusal.code
    for device in {bundle.certificate.device for bundle in accepted.values()}:
        left = {at: each for at, each in accepted.items() if each.certificate.device == device}
        last = max(bundle.issued_at for bundle in left.values())
        newest = [bundle for bundle in left.values() if bundle.issued_at == last]
        agree = len({bundle.offers for bundle in newest}) == 1
        for suite in {bundle.suite.byte for bundle in newest}:
            agree &= len({bundle.hash for bundle in newest if bundle.suite.byte == suite}) == 1
        for place, bundle in left.items():
            if not agree or bundle.issued_at < last:
                del accepted[place]
                rejected[place] = "stale_bundle"
    for bundle in accepted.values():
        stored.add(bundle)
    stored.make_room()
    return accepted, rejected


def choose(accepted: dict[int, Bundle], now: int) -> tuple[list[int], list[dict], list[int]]:
    """Applies B16 to B18. Returns the places of the targets, the downgraded devices, and for each
    device whose bundles have all expired the place of the strongest."""
    targets, downgraded, expired = [], [], []
    devices = dict.fromkeys(bundle.certificate.device for bundle in accepted.values())
    for device in devices:
        own = {p: b for p, b in accepted.items() if b.certificate.device == device}
        last = max(bundle.issued_at for bundle in own.values())
        own = {place: bundle for place, bundle in own.items() if bundle.issued_at == last}
        by_strength = sorted(own, key=lambda place: -own[place].suite.byte)
        usable = [place for place in by_strength if now < times.in_ms(own[place].expires_at)]
        if not usable:
            expired.append(by_strength[0])
            continue
        target = usable[0]
        targets.append(target)
        offered = max(suite.byte for bundle in own.values() for suite in bundle.offered)
        if offered > own[target].suite.byte:
            strongest, available = hpke.SUITES[offered].name, own[target].suite.name
            downgraded.append(
                {"device": device.hex(), "offered": strongest, "available": available}
            )
    return targets, downgraded, expired


def publish(device: Device, prekeys: list[Prekey], now: int, last: int | None) -> list[bytes]:
    """Checks B20, T9 and B21 in the order of "Publishing", then signs.

    `last` is the issued_at of the device's last publication, if there was one.
    """
    require(len(prekeys) > 0, "no_prekeys")  # B20
    device.certificate.check_times(now)  # T9
    suites = [prekey.suite.byte for prekey in prekeys]
    require(len(set(suites)) == len(suites), "duplicate_suite")  # B20
    issued_at = next_issued_at(now, last)
    require(times.in_ms(issued_at) <= times.later(now), "clock")  # B20
    unsigned = []
    for prekey in prekeys:  # B21
        require(now < times.in_ms(prekey.expires_at), "prekey_expired")
        expires_at = min(prekey.expires_at, device.certificate.expires_at)
        require(0 < expires_at - issued_at <= 90 * DAY, "bad_lifetime")
        head = struct.pack(">BBQQ", sum(suites), prekey.suite.byte, issued_at, expires_at)
        unsigned.append(b"\x01" + device.certificate.data + head + prekey.key.public)
    return [data + device.key.sign("hushring/1 prekey", data) for data in unsigned]


def next_issued_at(now: int, last: int | None) -> int:
    """Returns the issued_at of a publication at `now` (B20), in seconds."""
    issued_at = times.in_seconds(now)
    return issued_at if last is None else min(max(issued_at, last + 1), times.LARGEST)
