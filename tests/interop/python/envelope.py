"""Sections 10 to 13: sealing and opening."""

import hashlib
import secrets
import struct
from collections.abc import Callable
from typing import NamedTuple

import content
import hpke
import times
from bundles import Bundle, Prekey, prekey_id
from keys import Certificate, Device, verify
from refusal import Refusal, require

LENGTH = 2_880
LABEL = "hushring/1 envelope"


class Opened(NamedTuple):
    certificate: Certificate
    message_id: bytes
    sent_at: int
    content: dict


def tag(envelope: bytes) -> str:
    """I2."""
    return hashlib.sha256(envelope).hexdigest()[:8]


def info(account: bytes, device: bytes) -> bytes:
    """H2."""
    return LABEL.encode() + b"\0" + account + device


def open_envelope(
    envelope: bytes, device: Device, prekeys: list[Prekey], trusted: list[bytes], now: int
) -> Opened:
    """E31 to E46, without state. `check` of a refusal is where it stopped."""
    passed = Steps()
    with passed.at("length"):
        require(len(envelope) == LENGTH, "bad_length")
    with passed.at("version"):
        require(envelope[0] == 1, "unsupported_version")
    with passed.at("suite"):
        require(envelope[1] in hpke.SUITES, "unsupported_suite")
    suite, wanted = hpke.SUITES[envelope[1]], envelope[2:10]
    own = [prekey for prekey in prekeys if prekey.suite is suite and prekey.id == wanted]
    with passed.at("prekey"):
        require(len(own) > 0, "unknown_prekey")
    header, sealed = envelope[:10], envelope[10 + suite.encapsulated :]
    encapsulated = envelope[10 : 10 + suite.encapsulated]
    me = device.certificate
    with passed.at("decryption"):
        frame = own[0].key.open(encapsulated, info(me.account, me.device), header, sealed)
    n = int.from_bytes(frame[168:170])
    with passed.at("contentLength"):
        require(1 <= n <= suite.room, "bad_content_length")
    with passed.at("padding"):
        require(not any(frame[234 + n :]), "bad_padding")
    with passed.at("certificate"):
        certificate = Certificate.read(frame[:144])
    to = me.account + me.device + header + encapsulated + own[0].key.public
    signature = frame[170 + n : 234 + n]
    with passed.at("signature"):
        verify(certificate.device, LABEL, to + frame[: 170 + n], signature, "bad_signature")
    with passed.at("trust"):
        require(certificate.account in trusted, "untrusted")
    sent_at = int.from_bytes(frame[160:168])
    with passed.at("sentAt"):
        require(sent_at <= times.later(now), "clock")
        require(sent_at >= times.earlier(now, 30 * times.DAY), "too_old")
    with passed.at("certificateTimes"):
        certificate.check_times(sent_at)
    with passed.at("inflation"):
        encoded = content.inflate(frame[170 : 170 + n])
    with passed.at("cbor"):
        said = content.decode(encoded)
    with passed.at("members"):
        content.check(said)
    return Opened(certificate, frame[144:160], sent_at, said)


class Steps:
    """Names the check at which a refusal stops."""

    def at(self, check: str) -> "Steps":
        self.check = check
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, Refusal):
            error.details["stoppedAt"] = self.check


def seal(
    device: Device,
    targets: list[Bundle],
    said: dict,
    now: int,
    message_id: bytes | None = None,
    stream: bytes | None = None,
    random: bytes | None = None,
) -> list[bytes]:
    """E10 to E20. `stream` stands in for what this compressor makes, `random` for random bytes."""
    device.certificate.check_times(now)  # E10
    for target in targets:
        target.check_expiry(now)
    content.check(said)  # E11
    stream = content.deflate(content.encode(said)) if stream is None else stream
    for target in targets:  # E12
        require(len(stream) <= target.suite.room, "too_large", available=target.suite.room)
    random = Random(random)
    message_id = random.take(16) if message_id is None else message_id
    head = device.certificate.data + message_id + struct.pack(">QH", now, len(stream)) + stream

    def frame(to: bytes) -> bytes:
        return head + device.key.sign(LABEL, to + head)

    return [encrypt(target, frame, random) for target in targets]


class Random:
    """Random bytes: those that are given, or fresh ones."""

    def __init__(self, given: bytes | None = None) -> None:
        self.given = given

    def take(self, count: int) -> bytes:
        if self.given is None:
            return secrets.token_bytes(count)
        taken, self.given = self.given[:count], self.given[count:]
        assert len(taken) == count, "more random bytes than are given"
        return taken


def encrypt(target: Bundle, frame: Callable[[bytes], bytes], random: Random) -> bytes:
    """E14, E15, E17 to E19. `frame` makes a frame, without padding, for what a signature covers before it."""
    suite, me = target.suite, target.certificate
    header = bytes([1, suite.byte]) + prekey_id(target.key)
    taken = random.take(32 if suite is hpke.X25519 else 64)
    shared, encapsulated = hpke.encapsulate(suite, target.key, taken)
    to = me.account + me.device + header + encapsulated + target.key
    padded = frame(to).ljust(suite.frame, b"\0")
    sealed = hpke.seal(suite, shared, info(me.account, me.device), header, padded)
    return header + encapsulated + sealed
