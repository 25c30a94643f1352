"""envelope.md, "Signatures" to "Revocation", and "Derived identifiers"."""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

import times
from refusal import Refusal, require

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
# The canonical encodings of the points of small order, and the two with x = 0 and the sign set.
SMALL_ORDER = {bytes.fromhex(digits) for digits in """
    0100000000000000000000000000000000000000000000000000000000000000
    ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
    0000000000000000000000000000000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000080
    26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05
    26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85
    c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a
    c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa
    0100000000000000000000000000000000000000000000000000000000000080
    ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
    """.split()}
DAY = 86_400


def check_key(key: bytes) -> bytes:
    """Checks K6. Returns the key."""
    require(len(key) == 32, "bad_key")
    y = int.from_bytes(key, "little") % 2**255
    square = (y * y - 1) * (D * y * y + 1) % P
    require(square == 0 or pow(square, (P - 1) // 2, P) == 1, "bad_key")
    require(y < P and key not in SMALL_ORDER, "weak_key")
    return key


def bytes_to_sign(label: str, fields: bytes) -> bytes:
    return label.encode() + b"\0" + hashlib.sha512(fields).digest()


def verify(key: bytes, label: str, fields: bytes, signature: bytes, code: str) -> None:
    """Checks S3 to S6.

    OpenSSL compares the encoding of [S]B - [k]A with R, without the cofactor (S6).
    """
    check_key(key)  # S3
    require(int.from_bytes(signature[32:], "little") < L, code)  # S4
    require(signature[:32] not in SMALL_ORDER, code)  # S5
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, bytes_to_sign(label, fields))
    except (InvalidSignature, ValueError):
        raise Refusal(code) from None


class SigningKey:
    """The private key of an account or a device."""

    def __init__(self, seed: bytes) -> None:
        require(len(seed) == 32, "bad_length")
        self.seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, label: str, fields: bytes) -> bytes:
        signature = self._key.sign(bytes_to_sign(label, fields))
        verify(self.public, label, fields, signature, "bad_signature")  # S2
        return signature


def fingerprint(account: bytes) -> str:
    digits = hashlib.sha256(b"hushring/1 fingerprint\0" + account).digest()[:16].hex()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def callkit_uuid(caller: bytes, call_id: bytes) -> bytes:
    """Returns the CallKit UUID (I1)."""
    h = bytearray(hashlib.sha256(b"hushring/1 callkit\0" + caller + call_id).digest()[:16])
    h[6] = h[6] & 0x0F | 0x80
    h[8] = h[8] & 0x3F | 0x80
    return bytes(h)


class Certificate(NamedTuple):
    account: bytes
    device: bytes
    not_before: int
    expires_at: int
    data: bytes

    @classmethod
    def read(cls, data: bytes) -> "Certificate":
        """Checks T1 to T4, of the 144 bytes that a longer structure holds."""
        account, device, not_before, expires_at, signature = struct.unpack(">32s32sQQ64s", data)
        try:
            check_key(account)
            check_key(device)
            verify(account, "hushring/1 certificate", data[:80], signature, "bad_certificate")
        except Refusal:
            raise Refusal("bad_certificate") from None
        require(account != device, "bad_certificate")
        require(0 < expires_at - not_before <= 366 * DAY, "bad_certificate")
        return cls(account, device, not_before, expires_at, data)

    @classmethod
    def read_alone(cls, data: bytes) -> "Certificate":
        """Reads a certificate that comes by itself: its length is checked before T1."""
        require(len(data) == 144, "bad_length")
        return cls.read(data)

    @classmethod
    def issue(cls, account: SigningKey, device: bytes, not_before: int, expires_at: int):
        fields = account.public + device + struct.pack(">QQ", not_before, expires_at)
        return cls.read(fields + account.sign("hushring/1 certificate", fields))

    def check_times(self, time: int) -> None:
        """Checks T6 at `time`, in ms."""
        begins = times.earlier(times.in_ms(self.not_before))
        require(begins <= time, "certificate_not_yet_valid")
        require(time < times.in_ms(self.expires_at), "certificate_expired")

    def check_floors(self, floors: "Floors") -> None:
        """Checks T5."""
        require(self.not_before >= floors.of(self.device), "revoked")


class Device(NamedTuple):
    key: SigningKey
    certificate: Certificate

    @classmethod
    def read(cls, export: bytes) -> "Device":
        require(len(export) == 176, "bad_length")
        key = SigningKey(export[:32])
        certificate = Certificate.read(export[32:])
        require(certificate.device == key.public, "wrong_device")
        return cls(key, certificate)

    def export(self) -> bytes:
        return self.key.seed + self.certificate.data


# envelope.md, "Revocation".


class Revocation(NamedTuple):
    """A statement of an account. `device` is None where it revokes all of the account's."""

    account: bytes
    device: bytes | None
    floor: int
    data: bytes

    @classmethod
    def read(cls, data: bytes, expected: bytes | None, now: int) -> "Revocation":
        """Checks R1 to R5. Without an expected account, the statement may be anybody's."""
        require(len(data) in (105, 137), "bad_length")
        require(data[0] == 1, "unsupported_version")
        account = data[1:33]
        require(expected is None or account == expected, "wrong_account")
        check_key(account)
        device = check_key(data[33:65]) if len(data) == 137 else None
        verify(account, revocation_label(device), data[1:-64], data[-64:], "bad_signature")
        floor = int.from_bytes(data[-72:-64])
        require(times.in_ms(floor) <= times.later(now), "clock")
        return cls(account, device, floor, data)


def revocation_label(device: bytes | None) -> str:
    return "hushring/1 revocation" if device is None else "hushring/1 device revocation"


def revoke(account: SigningKey, device: bytes | None, floor: int, now: int) -> bytes:
    if device is not None:
        check_key(device)
    require(times.in_ms(floor) <= times.later(now), "clock")
    fields = account.public + (device or b"") + floor.to_bytes(8)
    return b"\x01" + fields + account.sign(revocation_label(device), fields)


@dataclass
class Floors:
    """The revocation floors of one account and its devices (R6)."""

    account: int = 0
    devices: dict[bytes, int] = field(default_factory=dict)

    def of(self, device: bytes) -> int:
        return max(self.account, self.devices.get(device, 0))

    def with_revocation(self, revocation: Revocation) -> "Floors":
        account, devices = self.account, dict(self.devices)
        if revocation.device is None:
            account = max(account, revocation.floor)
        else:
            devices[revocation.device] = max(devices.get(revocation.device, 0), revocation.floor)
        # Those that the account's floor supersedes are not kept.
        devices = {device: floor for device, floor in devices.items() if floor > account}
        return Floors(account, devices)

    def lasting(self, now: int, term: int) -> "Floors":
        """Returns the floors that are kept at `now`, if each is for a term after its time."""

        def lasts(floor: int) -> bool:
            return min(times.in_ms(floor) + term, times.LARGEST) > now

        devices = {device: floor for device, floor in self.devices.items() if lasts(floor)}
        return Floors(self.account if lasts(self.account) else 0, devices)


class Statements(NamedTuple):
    """The statements that a list of bundles is checked with: the sound ones, and the codes of the
    others by their places (B26)."""

    sound: list[Revocation]
    rejected: dict[int, str]

    @classmethod
    def read(cls, statements: list[bytes], account: bytes, now: int) -> "Statements":
        sound, rejected, places = [], {}, []
        for place, data in enumerate(statements):
            try:
                require(place < 256, "too_many")
                sound.append(Revocation.read(data, account, now))
            except Refusal as refusal:
                rejected[place] = refusal.code
                continue
            places.append(place)
        read = cls(sound, rejected)
        _, without_room = read.ranked()
        for place, statement in zip(places, sound):
            if any(one is statement for one in without_room):
                rejected[place] = "too_many"
        return read

    def floors(self) -> Floors:
        """Returns the floors of all sound statements, also of those that are not given back."""
        floors = Floors()
        for statement in self.sound:
            floors = floors.with_revocation(statement)
        return floors

    def that_count(self) -> list[Revocation]:
        """Returns those that are given back: the account's, then the devices' by their keys."""
        kept, _ = self.ranked()
        return kept

    def ranked(self) -> tuple[list[Revocation], list[Revocation]]:
        """Returns those that are given back, and those for which there is no room."""
        highest: dict[bytes | None, Revocation] = {}
        for statement in self.sound:
            before = highest.setdefault(statement.device, statement)
            if statement.floor > before.floor:
                highest[statement.device] = statement
        of_account = [highest.pop(None)] if None in highest else []
        of_devices = sorted(highest.values(), key=lambda one: (-one.floor, one.device))
        for of_all in of_account:  # supersedes those that are not above it (R6)
            of_devices = [one for one in of_devices if one.floor > of_all.floor]
        kept = of_account + sorted(of_devices[:64], key=lambda one: one.device)
        return kept, of_devices[64:]
