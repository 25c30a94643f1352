"""Writes random scenes, in which an app and a few people do anything in any order.

The expected results are those of inbox.py.
"""

import base64
import uuid
from typing import NamedTuple

import content
import envelope
import events
import keys
import samples
import says
from bundles import Bundle, Prekey, publish
from envelope import Random
from keys import Certificate, Device, SigningKey
from refusal import Refusal
from samples import DRAW
from scenes import STEPS, Player, refused

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
STEPS_EACH = 80


class Sender(NamedTuple):
    name: str
    device: Device


class Walk:
    """A scene with few people, calls and ids, so that they meet."""

    def __init__(self) -> None:
        self.now = 1_000 * DRAW.randrange(10**9, 4 * 10**9)
        accounts = {name: SigningKey(DRAW.randbytes(32)) for name in ("me", "alice", "bob")}
        self.accounts = accounts
        phone = self.device(accounts["me"], 200 * 86_400)
        prekey = self.prekey(80)
        (self.published,) = publish(phone, [Prekey.read(prekey)], self.now, None)
        self.bundle = Bundle.read(self.published, accounts["me"].public)
        self.senders = [
            Sender(name, self.device(accounts[name], seconds))
            for name in ("me", "alice", "alice", "alice", "bob", "bob")
            for seconds in (DRAW.choice([180, 180, 86_400, *[200 * 86_400] * 6]),)
        ]
        self.phone = Sender("me", phone)
        self.sender = self.senders[1]
        # The first is mostly one's own, the other mostly a call of others.
        self.calls = [uuid.UUID(bytes=DRAW.randbytes(16), version=4).bytes for _ in range(2)]
        self.is_slow, self.is_unsteady = samples.yes(), DRAW.randrange(3) == 0
        self.is_calling, self.is_calm = samples.yes(), samples.yes()
        self.is_fast = DRAW.randrange(3) == 0  # the clocks of those who call
        self.ids = [DRAW.randbytes(16) for _ in range(3)]
        # Times that rings and ends are about: those of invitations, and of the steps of the app.
        self.moments = [self.now]
        self.scene: dict = {
            "name": "a-walk",
            "comment": "Anything in any order.",
            # A player may look at the saved state more often where no revisions are expected.
            "rules": DRAW.choice([[], ["N35"]]),
            "receiver": {"device": phone.export().hex(), "prekeys": [prekey.hex()]},
            "now": self.now,
            "accounts": {name: key.public.hex() for name, key in accounts.items()},
            "envelopes": {},
            "steps": [],
        }
        self.exports = [prekey]
        self.player = Player(self.scene)
        self.saved = 0
        self.revisions: list[int] = []  # of the states that were saved

    def device(self, account: SigningKey, seconds: int) -> Device:
        key = SigningKey(DRAW.randbytes(32))
        second = self.now // 1_000
        begins = second - DRAW.choice([0, 5, 50]) * 86_400
        return Device(key, Certificate.issue(account, key.public, begins, second + seconds))

    def prekey(self, days: int) -> bytes:
        return b"\x01" + DRAW.randbytes(32) + (self.now // 1_000 + days * 86_400).to_bytes(8)

    def go(self) -> dict:
        # Most begin with people who trust each other: else little is heard.
        for name in self.accounts:
            if DRAW.randrange(6) > 0:
                self.step("trust", {"account": name, "at": self.now})
        if self.is_calling:
            self.place(["alice", "bob"])
        makers = [self.receive] * 14 + [self.call_step] * 5 + [self.app] * 4
        for _ in range(STEPS_EACH):
            DRAW.choice(makers)()
            self.step("pending", {"at": self.now})
        self.step("held", {})
        self.step("heldAccounts", {})
        return self.scene

    def step(self, kind: str, members: dict) -> dict:
        try:
            expected = STEPS[kind](self.player, members, {})
        except Refusal as refusal:
            expected = refused(refusal)
        self.scene["steps"].append({kind: members} | ({"expect": expected} if expected else {}))
        return expected

    # Envelopes that arrive.

    def receive(self) -> None:
        self.pass_time()
        known = self.scene["envelopes"]
        if known and DRAW.randrange(16) == 0:
            name = DRAW.choice(list(known))
        else:
            name = f"envelope {len(known)}"
            sender = self.next_sender()
            self.post(name, self.seal(sender, self.said(sender.name)))
        self.step("receive", {"envelope": name, "at": self.now})

    def next_sender(self) -> Sender:
        """Returns often the one who spoke last. What the phone seals comes back to it."""
        again = [self.sender] * 3
        self.sender = DRAW.choice([*self.senders * 3, *again * 3, self.phone])
        return self.sender

    def seal(self, sender: Sender, said: dict) -> bytes:
        # Cover keeps no id, so that a message may have the same one.
        others = 3 if said["type"] in ("cover", "message") else 40
        message_id = DRAW.choice([*self.ids, *(DRAW.randbytes(16) for _ in range(others))])
        sent_at = self.sent_at()
        if said["type"] == "call.invite" and self.is_fast and samples.yes():
            sent_at = self.now + DRAW.choice([1, 95 * SECOND, 10 * MINUTE - 1, 10 * MINUTE])
        if said["type"] == "call.invite":
            self.moments.append(sent_at)
        return self.seal_as(sender, said, message_id, sent_at)

    def seal_as(self, sender: Sender, said: dict, message_id: bytes, sent_at: int) -> bytes:
        stream = content.deflate(content.encode(said))
        head = envelope.frame_head(sender.device.certificate, message_id, sent_at, stream)
        sign = sender.device.key.sign
        return envelope.encrypt(
            self.bundle, lambda to: head + sign(envelope.LABEL, to + head), Random()
        )

    def post(self, name: str, data: bytes) -> None:
        self.player.envelopes[name] = data
        self.scene["envelopes"][name] = base64.b64encode(data).decode()

    def sent_at(self) -> int:
        behind = [0, 0, SECOND, 40 * SECOND, 91 * SECOND, 200 * SECOND, 2 * DAY, 29 * DAY, 31 * DAY]
        ahead = [MINUTE, 10 * MINUTE, 10 * MINUTE + 1, HOUR, DAY, DAY + 1]
        match DRAW.randrange(12):
            case 0 | 1 | 2 | 3:
                return self.moment()
            case 4:
                return self.now - DRAW.choice(behind)
            case 5:
                return self.now + DRAW.choice(ahead)
            case _:
                return self.now - DRAW.choice([0, 0, 1, SECOND])

    def moment(self) -> int:
        """Returns a time that something is about, or one beside it."""
        return DRAW.choice(self.moments[-6:]) + DRAW.choice([0, 0, 0, -1, 1])

    def said(self, name: str) -> dict:
        ring = DRAW.choice([self.moment, self.moment, self.moment, lambda: 0])()
        kinds = ["invite", "end", "answer", "signal", "cover", "message"]
        weights = [3, 9, 8, 4, 2, 2] if self.is_calling else [9, 9, 1, 5, 2, 2]
        match DRAW.choices(kinds, weights)[0]:
            case "invite":
                call = {"callId": self.call(own=False), "hasVideo": samples.yes()}
                return {"type": "call.invite"} | call | says.invited()
            case "end":
                return self.end(name, ring)
            case "answer":
                return {"type": "call.answer", "callId": self.call(own=True), "ring": ring}
            case "signal":
                return says.signal() | {"callId": self.call(own=samples.yes())}
            case "cover":
                return {"type": "cover"}
            case _:
                return {"type": DRAW.choice(["message", "app.poll", "call.hold"])}

    def end(self, name: str, ring: int) -> dict:
        """Ends a call as a sibling, a callee or a caller does, and sometimes as none of them."""
        kind = DRAW.choice(["sibling"] * 4 if name == "me" else ["callee", "caller"])
        kind = DRAW.choice([kind] * 5 + ["sibling", "callee", "caller", "takes"])
        accounts = {each: key.public for each, key in self.accounts.items()}
        senders = [self.phone, *self.senders]
        end = says.ended(kind, ring, DRAW.choice(senders).device.certificate.device)
        if "ring" in end:
            others = [accounts[each] for each in ("alice", "bob", "alice", "bob", "me")]
            end["caller"] = DRAW.choice(others) if kind == "sibling" else accounts["me"]
            if DRAW.randrange(8) == 0:
                end["caller"] = DRAW.choice(others)
        own = kind == "callee"
        return {"type": "call.end", "callId": self.call(own)} | end

    def call(self, own: bool) -> bytes:
        mine, theirs = self.calls if own else reversed(self.calls)
        if DRAW.randrange(32) == 0:
            return self.call_kit_uuid()
        return DRAW.choice([mine, mine, mine, mine, theirs])

    def call_kit_uuid(self) -> bytes:
        """Returns what the system calls one of the calls, which is not a callId (M9)."""
        caller = DRAW.choice(list(self.accounts.values())).public
        return keys.callkit_uuid(caller, DRAW.choice(self.calls))

    def pass_time(self) -> None:
        if self.is_unsteady and DRAW.randrange(16) == 0:
            self.now -= DRAW.choice([SECOND, 10 * MINUTE - 1, 10 * MINUTE, HOUR])
        short = [0, 1, 1, SECOND]
        long = [30 * SECOND, 95 * SECOND, 2 * MINUTE]
        if self.is_slow:
            long += [HOUR, DAY, 12 * DAY]
        if DRAW.randrange(10) == 0:
            self.now = self.last_moment()
        else:
            self.now += DRAW.choice(short * 8 + long)

    def last_moment(self) -> int:
        """Returns the last moment of a pending ring, or one beside it, if it is still to come.

        It also returns what this would be if the rings of a fast clock rang for longer.
        """
        inbox = self.player.inbox
        for event in inbox.pending(self.now):
            if event.action == "ring":
                entry = inbox.journal[event.account, event.message_id]
                by_sender = entry.sent_at + events.patience(entry.said)
                moment = DRAW.choice([event.expires_at, event.expires_at, by_sender])
                return max(moment + DRAW.choice([-1, 0, 0, 1, 1]), self.now)
        return self.now

    # Steps of the app.

    def call_step(self) -> None:
        """A step that belongs to a call, which may not fit."""
        accounts = {"accounts": DRAW.choices(list(self.accounts), k=DRAW.randrange(4))}
        caller = {"account": DRAW.choice([self.sender.name, "alice", "bob", "me"])}
        own, theirs = ({"callId": str(uuid.UUID(bytes=self.call(own)))} for own in (True, False))
        match DRAW.randrange(11) if self.is_calling else DRAW.randrange(2, 11):
            case 0 | 1 | 2:
                self.place(**accounts)
            case 3 | 4 | 5:
                self.step("answered", theirs | caller | {"at": self.now})
            case 6 | 7:
                self.step("left", theirs | caller)
            case 8:
                self.step("left", own | {"account": "me"} | DRAW.choice([{}, accounts]))
            case 9:
                self.step("joined", theirs | caller | accounts | {"at": self.now})
            case _:
                self.step("joined", own | {"account": "me"} | accounts | {"at": self.now})

    def place(self, accounts: list[str]) -> None:
        call_id = str(uuid.UUID(bytes=self.call(own=True)))
        call = {"callId": call_id, "accounts": accounts, "at": self.now}
        placed = self.step("placeCall", call)
        self.moments += [placed["sentAt"]] if "sentAt" in placed else []

    def app(self) -> None:
        at = {"at": self.now}
        account = {"account": DRAW.choice(list(self.accounts))}
        match DRAW.randrange(18):
            case 0 | 1 | 2:
                self.trust_with_statements(account["account"])
            case 3 | 4 if self.is_calm:
                self.trust_with_statements(account["account"])
            case 3:
                self.step("untrust", account)
            case 4:
                self.step("block", account)
            case 5 | 6:
                self.step("unblock", account | at)
            case 7:
                self.step("discard", account)
            case 8 | 9:
                self.step("release", at)
            case 10:
                self.revoke(account["account"])
            case 11:
                self.publish()
            case 12 | 13:
                pending = list(self.player.inbox.pending(self.now))
                message_ids = [event.message_id for event in pending] + self.ids
                message_id = DRAW.choice(message_ids)
                self.step("acknowledge", account | {"messageId": message_id.hex()})
            case 14:
                self.prune()
            case 15:
                self.step("held", {})
                self.step("heldAccounts", {})
                self.step("isBlocked", account)
            case _:
                self.restart()

    def trust_with_statements(self, name: str) -> None:
        """Trusts, and passes in statements (N1), of which some may be wrong."""
        count = DRAW.choice([0, 0, 0, 1, 1, 2, 3])
        statements = [self.statement(name) for _ in range(count)]
        for place, statement in enumerate(statements):
            if DRAW.randrange(12) == 0:
                statements[place] = self.wrong_statement(name, statement)
        trust = {"account": name, "at": self.now} | says.pinned()
        revocations = {"revocations": [each.hex() for each in statements]} if statements else {}
        self.step("trust", trust | revocations)

    def statement(self, name: str) -> bytes:
        devices = [each.device.certificate.device for each in self.senders if each.name == name]
        days = DRAW.choice([0, 1, 10, 60, 60, 396, 397, 400])
        floor = self.now // 1_000 - days * 86_400 + DRAW.choice([0, 0, 1])
        return keys.revoke(self.accounts[name], DRAW.choice([None, *devices]), floor, self.now)

    def wrong_statement(self, name: str, statement: bytes) -> bytes:
        """Returns a statement that is wrong in one way or more."""
        if samples.yes():
            statement = self.statement(
                DRAW.choice([each for each in self.accounts if each != name])
            )
        match DRAW.randrange(6):
            case 0:
                return statement[:-1]
            case 1:
                return b"\x02" + statement[1:]
            case 2:
                return statement[:-1] + bytes([statement[-1] ^ 1])
            case 3 | 4:
                ahead = DRAW.choice([599, 601, 3_600])
                floor = self.now // 1_000 + ahead
                return keys.revoke(self.accounts[name], None, floor, self.now + DAY)
            case _:
                return statement

    def revoke(self, name: str) -> None:
        statement = self.statement(name)
        match DRAW.randrange(8):
            case 0:
                statement = statement[:-1] + bytes([statement[-1] ^ 1])
            case 1:  # of nobody who is known (N3)
                floor = self.now // 1_000
                statement = keys.revoke(SigningKey(DRAW.randbytes(32)), None, floor, self.now)
        self.step("revoke", {"statement": statement.hex(), "at": self.now})

    def prune(self) -> None:
        """Prunes, also at times at which floors are forgotten and records are freed."""
        ahead = DRAW.choice([0, 0, 0, 0, 31 * DAY, 31 * DAY, 337 * DAY, 397 * DAY])
        begin = DRAW.choice([self.now, self.now // 1_000 * 1_000, self.moment()])
        self.step("prune", {"at": max(begin + ahead + DRAW.choice([-1, 0, 0, 1]), 0)})

    def publish(self) -> None:
        prekeys = [self.prekey(DRAW.choice([1, 30, 90])) for _ in range(DRAW.choice([0, 1, 1, 2]))]
        self.step(
            "publish",
            {"prekeys": [each.hex() for each in prekeys], "at": self.now - DRAW.choice([0, HOUR])},
        )
        self.exports += prekeys

    def restart(self) -> None:
        """The process dies and starts again."""
        self.saved += 1
        name = f"state {self.saved}"
        revision = self.save(name)
        damage = [{"version": 0}, {"version": 255}, {"length": 0}, {"cut": 1}]
        later = {"atLeast": 2**40}
        older = max(1, self.saved - DRAW.choice([0, 0, 1]))
        demanded = [{}, {"atLeast": 1}]
        if self.counts_revisions:
            later = {"atLeast": revision + 1}
            # That of the state before it, or of the one after it, may be the same one.
            demanded += [{"atLeast": each} for each in self.revisions[older - 1 : older + 1]]
        damage += [later, later, later | {"cut": 1}]
        self.step("load", {"state": name} | DRAW.choice(damage))
        self.step("load", {"state": f"state {older}"} | DRAW.choice(demanded))
        for export in self.exports:
            self.step("addPrekey", {"prekey": export.hex()})

    @property
    def counts_revisions(self) -> bool:
        return "N35" in self.scene["rules"]

    def save(self, name: str) -> int:
        revision = self.step("save", {"as": name})["revision"]
        if not self.counts_revisions:
            del self.scene["steps"][-1]["expect"]
        self.revisions.append(revision)
        return revision
