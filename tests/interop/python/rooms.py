"""Writes random scenes about bounds of all accounts together, and about records that are freed.

Random walks do not come there. The expected results are those of inbox.py.
"""

import uuid

import keys
import samples
from bounds import Told
from calls import ACCOUNTS, CALLS, CALLS_IN_ALL
from keys import SigningKey
from records import IDS, PINNED
from samples import DRAW
from walks import DAY, MINUTE, SECOND, Sender


class Crowded(Told):
    """Many accounts."""

    def invent(self, count: int) -> list[str]:
        """Returns the names of new accounts."""
        names = [f"account {place}" for place in range(count)]
        self.accounts |= {name: SigningKey(DRAW.randbytes(32)) for name in names}
        keys_of = {name: self.accounts[name].public for name in names}
        self.scene["accounts"] |= {name: key.hex() for name, key in keys_of.items()}
        self.player.accounts |= keys_of
        return names

    def flood(self, sender: Sender, said: dict, count: int, first: int, every: int) -> None:
        """Lets as many envelopes come, of which each gives the same drop."""
        flood = {
            "from": sender.name,
            "device": sender.device.export().hex(),
            "bundle": self.published.hex(),
            "content": said,
            "messageIds": DRAW.randbytes(12).hex(),
            "count": count,
            "firstSentAt": first,
            "everyMs": every,
            "at": self.now,
        }
        reason = "cover"
        if "callId" in said:
            reason = "unknown"
            flood["callIds"] = uuid.UUID(said["callId"]).bytes[:12].hex()
        expect = {"action": "drop", "reason": reason}
        self.player.flood(flood, expect)
        self.scene["steps"].append({"flood": flood, "expect": expect})

    def explain(self, sender: Sender, said: dict, sent_at: int) -> None:
        """Asks what would become of an envelope, which does not come."""
        name = str(uuid.uuid4())
        self.post(name, self.seal_as(sender, said, DRAW.randbytes(16), sent_at))
        self.step("explain", {"envelope": name, "at": self.now})


class Covers(Crowded):
    """N17: cover keeps no id and raises no floor, however much of it comes."""

    def go(self) -> dict:
        self.scene["comment"] = "Cover, and more ids than are kept."
        self.trust("alice", "bob")
        sender = Sender("alice", self.device(self.accounts["alice"], 200 * 86_400))
        begin = self.now - 5 * MINUTE
        left, first = IDS + DRAW.choice([-1, 0, 1, 40]), begin
        while left > 0:
            covers = DRAW.choice([1, 40, IDS + 10])
            self.flood(sender, {"type": "cover"}, covers, first, DRAW.choice([0, 1, 100]))
            ends = min(left, DRAW.randint(100, IDS))
            end = {"type": "call.end", "callId": str(uuid.uuid4()), "reason": "cancelled"}
            self.flood(sender, end, ends, first, DRAW.choice([0, 1, 100]))
            left -= ends
            first += MINUTE  # so that none of the next ones is as old as one that has left
        self.save("a state")
        for by in (-40_000, -1, 0, 1, 2, 40, 500, 51_200, MINUTE):
            for said in ({"type": "message"}, {"type": "cover"}):
                self.explain(sender, said, begin + by)
        message_id = DRAW.randbytes(16)
        for said in DRAW.choices([{"type": "cover"}, {"type": "message"}], weights=[2, 1], k=6):
            name = str(uuid.uuid4())
            self.post(name, self.seal_as(sender, said, message_id, self.now))
            self.step("receive", {"envelope": name, "at": self.now})
            self.save(name)
        self.list()
        return self.scene


class Callers(Crowded):
    """Section 2: calls of all callers, and of which caller one is forgotten."""

    def go(self) -> dict:
        self.scene["comment"] = "More calls than are kept of all callers."
        names = self.invent(36)
        self.trust(*names)
        callers = [Sender(name, self.device(self.accounts[name], 200 * 86_400)) for name in names]
        floods: list[tuple[Sender, str, int]] = []
        left = CALLS_IN_ALL
        # Of several that have most, one has the smallest key.
        many = [CALLS - DRAW.choice([0, 1, 2])] * 33 + [1, 2]
        for caller, count in zip(callers, [*many, CALLS], strict=True):
            call_id = samples.call_id()
            count = min(count, left)
            if count > 0:
                self.end(caller, call_id, count)
                floods.append((caller, str(uuid.UUID(bytes=call_id)), count))
                left -= count
        for _ in range(DRAW.randint(20, 40)):
            end = {"type": "call.end", "callId": samples.call_id(), "reason": "cancelled"}
            self.hear(end, DRAW.choice(callers))
            if DRAW.randrange(8) == 0:
                name = DRAW.choice(names)
                self.step("untrust", {"account": name})
                self.trust(name)
                self.now += 1
        signal = {"type": "call.candidates", "candidates": []}
        for caller, call_id, count in floods:
            for place in (0, 1, 2, count - 1):
                of = uuid.UUID(call_id).bytes[:12] + place.to_bytes(4)
                self.explain(caller, signal | {"callId": of}, self.now - SECOND)
        return self.scene

    def end(self, caller: Sender, call_id: bytes, count: int) -> None:
        """Ends as many calls, which records them."""
        end = {"type": "call.end", "callId": str(uuid.UUID(bytes=call_id)), "reason": "cancelled"}
        self.now += 1
        self.flood(caller, end, count, self.now, 0)


class Legs(Crowded):
    """Section 2: legs of all placed calls, and accounts of all joined calls."""

    def go(self) -> dict:
        self.scene["comment"] = "More legs, and more joined accounts, than are kept of all calls."
        self.trust("alice", "bob")
        self.names = [*self.invent(ACCOUNTS - 1), "alice"]
        calls = [samples.call_id() for _ in range(12)]
        for call_id in calls:
            self.place_some(call_id, ACCOUNTS - DRAW.choice([0, 0, 1, 100]))
            self.join_some(call_id, ACCOUNTS - DRAW.choice([0, 0, 1, 100]))
        for _ in range(40):
            call_id = DRAW.choice(calls)
            match DRAW.randrange(6):
                case 0 | 1:
                    self.place_some(call_id, DRAW.choice([0, 1, 2, 100, ACCOUNTS]))
                case 2 | 3:
                    self.join_some(call_id, DRAW.choice([0, 1, 2, 100, ACCOUNTS]))
                case 4:
                    own = {"account": "me", "callId": str(uuid.UUID(bytes=call_id))}
                    accounts = {"accounts": DRAW.sample(self.names, 3)}
                    self.step("left", own | DRAW.choice([{}, accounts]))
                case _:
                    self.save("a state")
                    self.step("load", {"state": "a state"})
                    for export in self.exports:
                        self.step("addPrekey", {"prekey": export.hex()})
            for each in calls:
                self.ask_about(each)
        return self.scene

    def place_some(self, call_id: bytes, count: int) -> None:
        self.now += 1
        some = {"callId": str(uuid.UUID(bytes=call_id)), "accounts": DRAW.sample(self.names, count)}
        self.step("placeCall", some | {"at": self.now})

    def join_some(self, call_id: bytes, count: int) -> None:
        own = {"account": "me", "callId": str(uuid.UUID(bytes=call_id))}
        accounts = {"accounts": DRAW.sample(self.names, count)}
        self.step("joined", own | accounts | {"at": self.now})

    def ask_about(self, call_id: bytes) -> None:
        """Asks whether the call is placed with a leg of somebody, and joined by somebody."""
        signal = {"type": "call.candidates", "candidates": []}
        for sender in (self.senders[1], self.senders[-1]):
            self.explain(sender, signal | {"callId": call_id}, self.now)


class Pinned(Crowded):
    """Section 2: the bytes of all that is pinned."""

    def go(self) -> dict:
        self.scene["comment"] = "More pinned text than there is room for."
        longest = {"handle": {"type": "generic", "value": "x" * 255}, "displayName": "é" * 128}
        each = 255 + 256
        names = self.invent(PINNED // each + 2)
        rest = PINNED % each
        *full, last, other = names
        for name in full:
            self.pin(name, longest)
        self.pin(last, {"displayName": "x" * (rest + 1)})
        self.pin(last, {"displayName": "\u200b" * 20 + "x" * rest})
        self.pin(other, {})
        for _ in range(30):
            name = DRAW.choice([*full[:3], last, other])
            if DRAW.randrange(5) == 0:
                kind = DRAW.choice(["untrust", "block"])
                self.step(kind, {"account": name})
            size = DRAW.choice([0, rest, rest + 1, 100, 200, 256])
            value = {"type": DRAW.choice(["generic", "emailAddress"]), "value": "x" * 254}
            handle = DRAW.choice([{}, {"handle": value}])
            self.pin(name, handle | {"displayName": "x" * size})
        return self.scene

    def pin(self, name: str, pinned: dict) -> None:
        self.step("trust", {"account": name, "at": self.now} | pinned)


class Freed(Told):
    """N3, N5, N34, N35: records that are freed, and floors that are forgotten."""

    def go(self) -> dict:
        self.scene["comment"] = "Pruning frees records, and the clock goes back."
        self.begin = self.now
        makers = [self.say] * 6 + [self.go_on] * 3 + [self.prune_beside] * 2 + [self.tell]
        makers += [self.with_account] * 5 + [self.forget] * 4 + [self.restart] * 2
        for _ in range(60):
            DRAW.choice(makers)()
            self.list()
            self.step("held", {})
        return self.scene

    def say(self) -> None:
        """Says something at one of few times, so that it is beside a floor."""
        times = [self.now, self.now, *self.floors(), self.begin]
        said = DRAW.choice([{"type": "message"}, {"type": "cover"}, {"type": "cover"}])
        sender = DRAW.choice(self.senders)
        message_id = DRAW.choice([*self.ids, DRAW.randbytes(16)])
        sent_at = DRAW.choice(times) + DRAW.choice([-1, 0, 0, 1])
        name = str(uuid.uuid4())
        self.post(name, self.seal_as(sender, said, message_id, sent_at))
        self.step("receive", {"envelope": name, "at": self.now})

    def floors(self) -> list[int]:
        records = self.player.inbox.records
        floors = [record.replay_floor for record in records.values()]
        return [floor for floor in [*floors, records.freed] if floor is not None]

    def go_on(self) -> None:
        self.now = DRAW.choice([self.now, self.now + SECOND, self.now + DAY, self.begin])

    def prune_beside(self) -> None:
        """Prunes, often beside the moment at which a floor is old enough."""
        records = self.player.inbox.records
        revoked = [record.floors.account * 1_000 + 397 * DAY for record in records.values()]
        replayed = [floor + 30 * DAY for floor in self.floors()]
        later = [time for time in [*revoked, *replayed] if time > self.begin]
        at = DRAW.choice([self.now, self.now + 31 * DAY, *later]) + DRAW.choice([0, 0, 1, -1])
        self.step("prune", {"at": at})

    def tell(self) -> None:
        """Passes in a statement, with or without trust."""
        name = DRAW.choice(list(self.accounts))
        statement = self.statement(name).hex()
        if DRAW.randrange(3) == 0:
            old = self.begin // 1_000 - 398 * 86_400
            statement = keys.revoke(self.accounts[name], None, old, self.now).hex()
        account = {"account": name, "at": self.now}
        if DRAW.randrange(3) == 0:
            self.step("trust", account | {"revocations": [statement]})
        else:
            self.step("revoke", {"statement": statement, "at": self.now})

    def forget(self) -> None:
        """Ends a trust, and prunes when nothing keeps the record, or just before."""
        name = DRAW.choice(["alice", "bob"])
        if samples.yes():
            self.acknowledge_all()
        if samples.yes():
            self.step("unblock", {"account": name, "at": self.now})
        self.step("untrust", {"account": name})
        record = self.player.inbox.records.find(self.accounts[name].public)
        last = self.now if record.replay_floor is None else record.replay_floor
        later = DRAW.choice([30 * DAY, 30 * DAY + 1, 30 * DAY + 1, 400 * DAY])
        self.step("prune", {"at": last + later})
        if samples.yes():
            self.step("trust", {"account": name, "at": self.now})
            self.say()

    def acknowledge_all(self) -> None:
        whose = {key.public: name for name, key in self.accounts.items()}
        for event in list(self.player.inbox.pending(self.now)):
            message_id = {"messageId": event.message_id.hex()}
            self.step("acknowledge", {"account": whose[event.account]} | message_id)

    def with_account(self) -> None:
        name = DRAW.choice(list(self.accounts))
        account, at = {"account": name}, {"at": self.now}
        match DRAW.randrange(8):
            case 0 | 1:
                self.step("trust", account | at)
            case 2 | 3:
                self.step("untrust", account)
            case 4:
                self.step("block", account)
            case 5:
                self.step("unblock", account | at)
            case 6:
                self.step("discard", account)
            case _:
                self.acknowledge_all()
