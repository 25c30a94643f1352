"""Makes random revocation statements, as they may come with a list of bundles (B26)."""

import hashlib

import keys
from keys import SigningKey
from samples import DRAW

DAY = 86_400
# What is no device's key, among it a number that is on no point, and a point of small order.
NO_KEYS = [(2).to_bytes(32, "little"), bytes(32), b"\xff" * 32]


def some(account: SigningKey, devices: list[bytes], now: int) -> list[bytes]:
    """Returns a few statements of the account or of others, most of them sound."""
    ages = [now, 400 * DAY, 3 * DAY, 2 * DAY, 2 * DAY - 1, 2 * DAY - 1, 1, -600]
    floors = [now - age for age in DRAW.sample(ages, DRAW.randint(1, 4))]
    strangers = [SigningKey(DRAW.randbytes(32)).public for _ in range(2)]
    named = [None, *devices, *strangers]
    found = [
        sound(account, DRAW.choice(named), DRAW.choice(floors))
        for _ in range(DRAW.choice([0, 0, 1, 2, 3, 8]))
    ]
    found += [unsound(account, named, now) for _ in range(DRAW.choice([0, 0, 1, 3]))]
    found += DRAW.sample(found, len(found) // 4)
    return DRAW.sample(found, len(found))


def many(account: SigningKey, devices: list[bytes], now: int) -> list[bytes]:
    """Returns statements of more devices than are kept, with few floors, so that many are equal.

    Sometimes there are more than are read. Those of the given devices have the lowest floors: they
    are not given back, but they count.
    """
    floors = [now - DRAW.randrange(DAY) for _ in range(3)]
    named = [SigningKey(DRAW.randbytes(32)).public for _ in range(DRAW.randint(62, 90))]
    found = [sound(account, device, DRAW.choice(floors)) for device in named]
    of_these = DRAW.sample(devices, DRAW.randint(0, len(devices)))
    found += [sound(account, device, min(floors) - DRAW.randrange(2)) for device in of_these]
    if DRAW.randrange(2) == 0:
        found.append(sound(account, None, DRAW.choice([min(floors) - 2, min(floors) - 1, *floors])))
    found += [unsound(account, named, now) for _ in range(3)]
    found += [sound(account, DRAW.choice(named), DRAW.choice(floors)) for _ in range(20)]
    if DRAW.randrange(2) == 0:
        found += DRAW.choices(found, k=DRAW.randint(250, 270) - len(found))
    return DRAW.sample(found, len(found))


def sound(account: SigningKey, device: bytes | None, floor: int) -> bytes:
    """Returns a statement, whose signature is another one each time."""
    label = keys.revocation_label(device)
    fields = account.public + (device or b"") + floor.to_bytes(8)
    return b"\x01" + fields + randomised(account, label, fields)


def randomised(key: SigningKey, label: str, fields: bytes) -> bytes:
    """Signs as a signer may that randomises."""
    nonce = SigningKey(DRAW.randbytes(32))
    hashed = nonce.public + key.public + keys.bytes_to_sign(label, fields)
    k = int.from_bytes(hashlib.sha512(hashed).digest(), "little")
    s = (scalar(nonce) + k * scalar(key)) % keys.L
    signature = nonce.public + s.to_bytes(32, "little")
    keys.verify(key.public, label, fields, signature, "bad_signature")
    return signature


def scalar(key: SigningKey) -> int:
    first = hashlib.sha512(key.seed).digest()[:32]
    return int.from_bytes(first, "little") & 2**254 - 8 | 2**254


def unsound(account: SigningKey, named: list[bytes | None], now: int) -> bytes:
    """Returns a statement in which one thing is wrong or several are, now and then none."""
    account = DRAW.choice([account, account, account, SigningKey(DRAW.randbytes(32))])
    device = DRAW.choice(named + NO_KEYS)
    data = sound(account, device, now + DRAW.choice([-DAY, 600, 601, 2**40]))
    if DRAW.randrange(2) == 0:
        at = DRAW.randrange(len(data))
        data = data[:at] + bytes([data[at] ^ 1 << DRAW.randrange(8)]) + data[at + 1 :]
    if DRAW.randrange(6) == 0:
        data = bytes([DRAW.choice([0, 2, 255])]) + data[1:]
    if DRAW.randrange(6) == 0:
        data = DRAW.choice([b"", data[:-1], data + b"\0", data[:105]])
    return data
