"""Writes random scenes, in which an app and a few people do anything in any order.

The expected results are those of inbox.py.
"""

import base64
import struct
import uuid
from typing import NamedTuple

import content
import envelope
import keys
import samples
from bundles import Bundle, Prekey, publish
from envelope import Random
from keys import Certificate, Device, SigningKey
from refusal import Refusal
from samples import DRAW
from scenes import STEPS, Player, refused

MINUTE, DAY = 60_000, 86_400_000
STEPS_EACH = 60


class Sender(NamedTuple):
    name: str
    device: Device


class Walk:
    """A scene with few people, calls and ids, so that they meet."""

    def __init__(self) -> None:
        self.now = 1_000 * DRAW.randrange(10**9, 4 * 10**9)
        accounts = {name: SigningKey(DRAW.randbytes(32)) for name in ("me", "alice", "bob")}
        self.accounts = accounts
        phone = self.device(accounts["me"], 200)
        prekey = b"\x01" + DRAW.randbytes(32) + (self.now // 1_000 + 80 * 86_400).to_bytes(8)
        (published,) = publish(phone, [Prekey.read(prekey)], self.now)
        self.bundle = Bundle.read(published, accounts["me"].public)
        self.senders = [
            Sender(name, self.device(accounts[name], days))
            for name in ("me", "alice", "alice", "bob")
            for days in (DRAW.choice([1, 200]),)
        ]
        self.calls = [DRAW.randbytes(16) for _ in range(2)]
        self.ids = [DRAW.randbytes(16) for _ in range(4)]
        self.scene: dict = {
            "name": "a-walk",
            "comment": "Anything in any order.",
            "rules": [],
            "receiver": {"device": phone.export().hex(), "prekeys": [prekey.hex()]},
            "now": self.now,
            "accounts": {name: key.public.hex() for name, key in accounts.items()},
            "envelopes": {},
            "steps": [],
        }
        self.prekey = prekey
        self.player = Player(self.scene)
        self.saved = 0

    def device(self, account: SigningKey, days: int) -> Device:
        key = SigningKey(DRAW.randbytes(32))
        second = self.now // 1_000
        begins = second - DRAW.choice([0, 5, 50]) * 86_400
        return Device(key, Certificate.issue(account, key.public, begins, second + days * 86_400))

    def go(self) -> dict:
        makers = [self.receive] * 12 + [self.app] * 8
        for _ in range(STEPS_EACH):
            DRAW.choice(makers)()
            self.step("pending", {"at": self.now})
        self.step("held", {})
        return self.scene

    def step(self, kind: str, members: dict) -> None:
        try:
            expected = STEPS[kind](self.player, members, {})
        except Refusal as refusal:
            expected = refused(refusal)
        self.scene["steps"].append({kind: members} | ({"expect": expected} if expected else {}))

    # Envelopes that arrive.

    def receive(self) -> None:
        self.pass_time()
        known = self.scene["envelopes"]
        if known and DRAW.randrange(8) == 0:
            name = DRAW.choice(list(known))
        else:
            name = f"envelope {len(known)}"
            data = self.seal(DRAW.choice(self.senders), self.said())
            self.player.envelopes[name] = data
            known[name] = base64.b64encode(data).decode()
        self.step("receive", {"envelope": name, "at": self.now})

    def seal(self, sender: Sender, said: dict) -> bytes:
        message_id = DRAW.choice([*self.ids, *(DRAW.randbytes(16) for _ in range(12))])
        behind = [*[0, 1_000] * 6, 40_000, 91_000, 200_000, 2 * DAY, 29 * DAY, 31 * DAY, -MINUTE]
        sent_at = self.now - DRAW.choice(behind)
        stream = content.deflate(content.encode(said))
        head = sender.device.certificate.data + message_id
        head += struct.pack(">QH", sent_at, len(stream)) + stream
        sign = sender.device.key.sign
        return envelope.encrypt(
            self.bundle, lambda to: head + sign(envelope.LABEL, to + head), Random()
        )

    def said(self) -> dict:
        call = {"callId": DRAW.choice(self.calls)}
        reasons = [*content.REASONS, "answeredElsewhere", "answeredElsewhere", "cancelled"]
        caller = {"caller": DRAW.choice([*self.accounts.values()]).public}
        match DRAW.randrange(12):
            case 0 | 1 | 2 | 3:
                lifetime = DRAW.choice([{}, {}, {"lifetime": DRAW.randint(1, 90)}])
                return {"type": "call.invite", "hasVideo": samples.yes()} | call | lifetime
            case 4 | 5 | 6 | 7:
                reason = DRAW.choice(reasons)
                named = caller if reason.endswith("Elsewhere") or DRAW.randrange(4) == 0 else {}
                return {"type": "call.end", "reason": reason} | call | named
            case 8 | 9:
                return {"type": DRAW.choice(["call.answer", "call.hold"])} | call
            case 10:
                return {"type": "cover"}
            case _:
                return {"type": DRAW.choice(["message", "app.poll", "call.hold"])}

    def pass_time(self) -> None:
        self.now += DRAW.choice([*[0, 1, 1_000] * 8, 30_000, 95_000, 3_600_000, DAY, 12 * DAY])

    # Steps of the app.

    def app(self) -> None:
        at = {"at": self.now}
        account = {"account": DRAW.choice(list(self.accounts))}
        match DRAW.randrange(16):
            case 0 | 1 | 2 | 3 | 4:
                names = samples.some(displayName=lambda: samples.text(140).replace("\0", ""))
                self.step("trust", account | at | names)
            case 5 | 6:
                self.step("untrust", account)
            case 7:
                key = self.accounts[account["account"]]
                floor = self.now // 1_000 - DRAW.choice([0, 1, 10, 60]) * 86_400
                statement = keys.revoke(key, floor, self.now)
                if DRAW.randrange(4) == 0:
                    statement = statement[:-1] + bytes([statement[-1] ^ 1])
                self.step("revoke", {"statement": statement.hex()} | at)
            case 8 | 9 | 10:
                names = DRAW.sample(list(self.accounts), DRAW.randint(1, 3))
                call_id = str(uuid.UUID(bytes=DRAW.choice(self.calls)))
                self.step("placed", {"callId": call_id, "accounts": names} | at)
            case 11 | 12:
                pending = list(self.player.inbox.pending(self.now))
                message_ids = [event.message_id for event in pending] + self.ids
                message_id = DRAW.choice(message_ids)
                self.step("acknowledge", account | {"messageId": message_id.hex()})
            case 13:
                self.step("prune", at)
            case _:
                # The process dies and starts again.
                self.saved += 1
                self.step("save", {"as": f"state {self.saved}"})
                damage = [{"version": 0}, {"version": 255}, {"length": 0}, {"cut": 1}]
                self.step("load", {"state": f"state {self.saved}"} | DRAW.choice(damage))
                older = max(1, self.saved - DRAW.choice([0, 0, 1]))
                self.step("load", {"state": f"state {older}"})
                self.step("addPrekey", {"prekey": self.prekey.hex()})

