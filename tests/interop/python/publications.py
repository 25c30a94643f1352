"""Writes fresh vectors of publishing, and of lists of bundles that a server may hand out."""

from collections.abc import Iterator

import bundles
import play
import statements
from bundles import LastPublished, Prekey
from keys import Certificate, Device, SigningKey, Statements
from samples import DRAW

DAY = 86_400
Vector = tuple[str, str, str, dict]


def refused(code: str) -> dict:
    return {"expect": {"error": code}}


def prekey(suite: int, expires_at: int) -> bytes:
    return bytes([suite]) + DRAW.randbytes(32) + expires_at.to_bytes(8)


def publications() -> Iterator[Vector]:
    """The order of "Publishing"."""
    now = DRAW.randrange(10**9, 4 * 10**9)

    def device(begins: int, ends: int) -> str:
        account, key = SigningKey(DRAW.randbytes(32)), SigningKey(DRAW.randbytes(32))
        certificate = Certificate.issue(account, key.public, now + begins, now + ends)
        return Device(key, certificate).export().hex()

    good, over, early = device(-DAY, 200 * DAY), device(-DAY, 0), device(601, DAY)
    ends = device(-DAY, 600)
    sound, ended, long = (1, DAY), (2, 0), (2, 90 * DAY + 1)
    for who, prekeys, last, code in [
        (over, [], 601, "no_prekeys"),
        (early, [], None, "no_prekeys"),
        (over, [sound, sound], 601, "certificate_expired"),
        (early, [ended, ended], None, "certificate_not_yet_valid"),
        (good, [ended, sound, ended], 600, "duplicate_suite"),
        (good, [long, long], None, "duplicate_suite"),
        (good, [long, (1, 0)], None, "bad_lifetime"),
        (good, [ended, (1, 90 * DAY + 1)], None, "prekey_expired"),
        (good, [sound, ended], None, "prekey_expired"),
        (good, [sound], 600, "clock"),
        (good, [sound], 2**40, "clock"),
        # B21: B20 moves issued_at to the end of the prekey, or of the certificate.
        (good, [(1, 600)], 599, "bad_lifetime"),
        (good, [(1, 1)], 0, "bad_lifetime"),
        (good, [(1, 300)], 599, "bad_lifetime"),
        (good, [(1, 300), ended], 599, "bad_lifetime"),
        (good, [ended, (1, 300)], 599, "prekey_expired"),
        (good, [(2, 600), sound], 600, "clock"),
        (ends, [sound], 599, "bad_lifetime"),
    ]:
        given = {
            "device": who,
            "prekeys": [prekey(suite, now + seconds).hex() for suite, seconds in prekeys],
            "now": now * 1000,
        }
        given |= {} if last is None else {"last": now + last}
        yield "publish", "B20 B21 T9", "The first check that fails.", given | refused(code)
    yield from later_publications(good, now)


def later_publications(device: str, now: int) -> Iterator[Vector]:
    """B20: issued_at is `now`, or a second after the last publication."""
    for last in (-DAY, -1, 0, 1, 599):
        prekeys = [prekey(suite, now + DAY) for suite in (2, 1)]
        read = [Prekey.read(export) for export in prekeys]
        made = bundles.publish(Device.read(bytes.fromhex(device)), read, now * 1000, now + last)
        given = {
            "device": device,
            "prekeys": [export.hex() for export in prekeys],
            "now": now * 1000,
            "last": now + last,
            "expect": {"bundles": [data.hex() for data in made]},
        }
        yield "publish", "B20", "After the last publication.", given


class Server:
    """An account with two devices, some of their publications, and what a reader has stored."""

    def __init__(self) -> None:
        self.now = DRAW.randrange(10**9, 4 * 10**9)
        self.account = SigningKey(DRAW.randbytes(32))
        self.devices = [self.device() for _ in range(2)]
        self.published = [self.publish() for _ in range(DRAW.randint(1, 4))]

    def device(self) -> Device:
        key = SigningKey(DRAW.randbytes(32))
        begins, ends = self.now - 2 * DAY, self.now + 100 * DAY
        return Device(key, Certificate.issue(self.account, key.public, begins, ends))

    def publish(self) -> list[bytes]:
        """Publishes at one of a few moments, so that two publications often have the same."""
        suites = DRAW.choice([[1], [2], [1, 2], [2, 1]])
        prekeys = [Prekey.read(prekey(suite, self.now + 80 * DAY)) for suite in suites]
        issued_at = self.now - DRAW.choice([0, 0, 1, DAY])
        return bundles.publish(DRAW.choice(self.devices), prekeys, issued_at * 1000, None)

    def revocations(self) -> list[bytes]:
        make = statements.many if DRAW.randrange(8) == 0 else statements.some
        return make(self.account, [device.key.public for device in self.devices], self.now)

    def handed(self) -> list[bytes]:
        handed = [data for each in self.published for data in each]
        handed = DRAW.sample(handed, DRAW.randint(1, len(handed)))
        if DRAW.randrange(3) == 0:
            handed.append(DRAW.choice(handed))
        return handed

    def vector(self) -> Vector:
        account, now = self.account.public, self.now * 1000
        revocations = self.revocations()
        floors = Statements.read(revocations, account, now).floors()
        stored: dict[bytes, LastPublished] = {}
        known = DRAW.sample(self.published, DRAW.randint(0, len(self.published)))
        bundles.verify_all([data for each in known for data in each], account, now, floors, stored)
        given = {
            "bundles": [data.hex() for data in self.handed()],
            "account": account.hex(),
            "now": now,
            "revocations": [statement.hex() for statement in revocations],
            "lastPublished": play.last_published_json(stored),
        }
        given["expect"] = play.several_bundles(given)
        return "bundles", "B14 B15 B25 B26", "What a server may hand out.", given


class Wasteful(Server):
    """A server that hands out more bundles than are read, some of them only behind these."""

    def handed(self) -> list[bytes]:
        first, *more = [data for each in self.published for data in each]
        handed = DRAW.choices([first, *more[1:]], k=8) + [b"\x01"] * DRAW.randint(502, 504)
        return DRAW.sample(handed, len(handed)) + [first, *more]


class Repeating(Server):
    """A server that hands out one bundle as often as bundles are read."""

    def handed(self) -> list[bytes]:
        return [self.published[0][0]] * 513


def lists() -> Iterator[Vector]:
    for kind in [Server] * 60 + [Wasteful] * 2 + [Repeating]:
        yield kind().vector()
