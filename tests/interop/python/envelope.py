"""envelope.md, "Envelope" to "Opening"."""

import hashlib
import secrets
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import content
import hpke
import times
from bundles import Bundle, Prekey, prekey_id
from keys import Certificate, Device, Floors, verify
from refusal import Refusal, require

LENGTH = 2_880
LABEL = "hushring/1 envelope"


class Frame(NamedTuple):
    """An envelope that has passed E17 to E25. The content is still compressed."""

    tag: str
    certificate: Certificate
    message_id: bytes
    sent_at: int
    stream: bytes


class Opened(NamedTuple):
    certificate: Certificate
    message_id: bytes
    sent_at: int
    content: dict


def tag(envelope: bytes) -> str:
    """Returns the envelope tag (I2)."""
    return hashlib.sha256(envelope).hexdigest()[:8]


def info(account: bytes, device: bytes) -> bytes:
    """Returns HPKE's `info` (H2)."""
    return LABEL.encode() + b"\0" + account + device


@contextmanager
def check(name: str) -> Iterator[None]:
    """Names the check at which a refusal stops."""
    try:
        yield
    except Refusal as refusal:
        refusal.details["stoppedAt"] = name
        raise


def open_frame(envelope: bytes, device: Device, prekeys: Iterable[Prekey]) -> Frame:
    """Checks E17 to E25."""
    with check("length"):
        require(len(envelope) == LENGTH, "bad_length")
    with check("version"):
        require(envelope[0] == 1, "unsupported_version")
    with check("suite"):
        require(envelope[1] in hpke.SUITES, "unsupported_suite")
    suite, wanted = hpke.SUITES[envelope[1]], envelope[2:10]
    own = [prekey for prekey in prekeys if prekey.suite is suite and prekey.id == wanted]
    with check("prekey"):
        require(len(own) > 0, "unknown_prekey")
    header, sealed = envelope[:10], envelope[10 + suite.encapsulated :]
    encapsulated = envelope[10 : 10 + suite.encapsulated]
    me = device.certificate
    with check("decryption"):
        frame = own[0].key.open(encapsulated, info(me.account, me.device), header, sealed)
    n = int.from_bytes(frame[168:170])
    with check("contentLength"):
        require(1 <= n <= suite.room, "bad_content_length")
    with check("padding"):
        require(not any(frame[234 + n :]), "bad_padding")
    with check("certificate"):
        certificate = Certificate.read(frame[:144])
    to = me.account + me.device + header + encapsulated + own[0].key.public
    signature = frame[170 + n : 234 + n]
    with check("signature"):
        verify(certificate.device, LABEL, to + frame[: 170 + n], signature, "bad_signature")
    sent_at = int.from_bytes(frame[160:168])
    return Frame(tag(envelope), certificate, frame[144:160], sent_at, frame[170 : 170 + n])


def check_times(frame: Frame, now: int, floors: Floors) -> None:
    """Checks E28 and E29."""
    age = now - frame.sent_at
    with check("sentAt"):
        require(frame.sent_at <= times.later(now), "clock", age=age)
        require(frame.sent_at >= times.earlier(now, 30 * times.DAY), "too_old", age=age)
    with check("revocation"):
        frame.certificate.check_floors(floors)
    with check("certificateTimes"):
        frame.certificate.check_times(frame.sent_at)


def read_content(stream: bytes) -> dict:
    """Checks E31 to E33. Returns the content."""
    with check("inflation"):
        encoded = content.inflate(stream)
    with check("cbor"):
        said = content.decode(encoded)
    with check("members"):
        content.check(said)
    return said


def open_envelope(
    envelope: bytes, device: Device, prekeys: list[Prekey], trusted: list[bytes], now: int
) -> Opened:
    """Checks E17 to E33, without state."""
    frame = open_frame(envelope, device, prekeys)
    account = frame.certificate.account
    is_trusted, is_own = account in trusted, account == device.certificate.account
    with check("trust"):
        require(is_trusted or is_own, "untrusted", account=account)
    check_times(frame, now, Floors())
    said = read_content(frame.stream)
    is_self = frame.certificate.device == device.certificate.device  # N14
    with check("trust"):
        allowed = is_trusted or is_self or content.is_heard_untrusted(said)
        require(allowed, "untrusted", account=account)
    return Opened(frame.certificate, frame.message_id, frame.sent_at, said)


def seal(
    device: Device,
    targets: list[Bundle],
    said: dict,
    now: int,
    message_id: bytes | None = None,
    stream: bytes | None = None,
    random: bytes | None = None,
) -> list[bytes]:
    """Seals (E6 to E16).

    `stream`, if given, replaces the output of this compressor, and `random` the random bytes.
    """
    device.certificate.check_times(now)  # E6
    for target in targets:
        target.check_expiry(now)
    content.check(said)  # E7
    stream = content.deflate(content.encode(said)) if stream is None else stream
    room = min((target.suite.room for target in targets), default=len(stream))
    require(len(stream) <= room, "too_large", needed=len(stream), available=room)  # E8
    random = Random(random)
    message_id = random.take(16) if message_id is None else message_id
    head = frame_head(device.certificate, message_id, now, stream)

    def frame(to: bytes) -> bytes:
        return head + device.key.sign(LABEL, to + head)

    return [encrypt(target, frame, random) for target in targets]


def frame_head(certificate: Certificate, message_id: bytes, sent_at: int, stream: bytes) -> bytes:
    """Returns a frame up to its signature."""
    return certificate.data + message_id + struct.pack(">QH", sent_at, len(stream)) + stream


class Random:
    """A source of random bytes: those given, or fresh ones."""

    def __init__(self, given: bytes | None = None) -> None:
        self.given = given

    def take(self, count: int) -> bytes:
        if self.given is None:
            return secrets.token_bytes(count)
        taken, self.given = self.given[:count], self.given[count:]
        assert len(taken) == count, "more random bytes than are given"
        return taken


def encrypt(target: Bundle, frame: Callable[[bytes], bytes], random: Random) -> bytes:
    """Makes one envelope (E10, E11, E13 to E15).

    `frame` returns the frame without padding. It takes the fields that the signature covers in
    front of the frame.
    """
    suite, me = target.suite, target.certificate
    header = bytes([1, suite.byte]) + prekey_id(target.key)
    taken = random.take(32 if suite is hpke.X25519 else 64)
    shared, encapsulated = hpke.encapsulate(suite, target.key, taken)
    to = me.account + me.device + header + encapsulated + target.key
    padded = frame(to).ljust(suite.frame, b"\0")
    sealed = hpke.seal(suite, shared, info(me.account, me.device), header, padded)
    return header + encapsulated + sealed
