"""Writes random scenes about some bounds of calls, and about wrong clocks.

Random walks seldom come there. The expected results are those of inbox.py.
"""

import uuid

import samples
import says
from calls import ACCOUNTS, CALLS, PLACED
from keys import SigningKey
from samples import DRAW
from walks import DAY, HOUR, MINUTE, Sender, Walk


class Crowd(Walk):
    """An own call with as many accounts as there may be: which refusal comes first, and why."""

    def go(self) -> dict:
        self.scene["comment"] = "Placing and joining with many accounts."
        others = {f"account {n}": SigningKey(DRAW.randbytes(32)).public for n in range(ACCOUNTS)}
        self.scene["accounts"] |= {name: key.hex() for name, key in others.items()}
        self.player.accounts |= others
        names = DRAW.sample(list(others), ACCOUNTS)
        own, other = (str(uuid.UUID(bytes=each)) for each in self.calls)
        placed = {"callId": own, "at": self.now}
        me = {"account": "me", "callId": own, "at": self.now}
        too_many = {"accounts": [*names, "alice"]}
        self.step("joined", me | too_many)
        self.step("placeCall", placed | too_many)
        self.step("placeCall", placed | {"accounts": names + DRAW.choices(names, k=9)})
        self.step("placeCall", placed | {"accounts": ["alice"]})
        for back in (10 * MINUTE - 1, 10 * MINUTE, 10 * MINUTE + 1, HOUR):
            past = {"at": self.now - back}
            for accounts in DRAW.sample([["alice"], DRAW.choices(names, k=3), []], 3):
                self.step("placeCall", placed | past | {"accounts": accounts})
        self.step("placeCall", {"callId": other, "accounts": ["alice"], "at": self.now - HOUR})
        for accounts in [too_many["accounts"], names + names[:9], ["me", "alice", *names[:3]]]:
            self.step("joined", me | {"accounts": accounts})
        self.step("left", {"account": "me", "callId": own, "accounts": []})
        self.step("joined", me | too_many)
        self.step("left", {"account": "me", "callId": own})
        self.step("joined", me | too_many)
        return self.scene


class Told(Walk):
    """What is kept of those who are called, and whom a call took that is forgotten."""

    def go(self) -> dict:
        self.scene["comment"] = "A second of a leg that is forgotten."
        self.trust("me", "alice", "bob")
        self.senders = [sender for sender in self.senders if sender.name == "alice"]
        own = str(uuid.UUID(bytes=self.calls[0]))
        for _ in range(DRAW.randint(1, 5)):
            self.hear(says.signal() | {"callId": self.calls[0]})
        self.place_one(own)
        self.hear(says.signal() | {"callId": self.calls[0]})
        accounts = DRAW.sample(["me", "alice", "bob"], DRAW.randint(1, 3))
        self.step("joined", {"account": "me", "callId": own, "accounts": accounts, "at": self.now})
        for sender in self.senders:
            answer = {"type": "call.answer", "callId": self.calls[0], "ring": self.now}
            self.hear(answer, sender)
        self.list()
        match DRAW.randrange(3):
            case 0:
                self.now += 30 * DAY + DRAW.choice([0, 1])
                self.step("prune", {"at": self.now})
            case 1:
                for _ in range(PLACED - samples.yes()):
                    self.place_one(str(uuid.UUID(bytes=samples.call_id())))
            case _:
                bob = {"accounts": ["bob"]} if samples.yes() else {}
                self.step("left", {"account": "me", "callId": own} | bob)
        self.list()
        # A leg that was forgotten may begin anew at the very time it had.
        again = {"callId": own, "accounts": DRAW.choice([["bob"], ["alice"], ["alice", "bob"]])}
        self.step("placeCall", again | {"at": self.now})
        self.list()
        if samples.yes():
            self.step("left", {"account": "me", "callId": own})
            self.list()
        return self.scene

    def trust(self, *names: str) -> None:
        for name in names:
            self.step("trust", {"account": name, "at": self.now})

    def place_one(self, call_id: str) -> None:
        self.step("placeCall", {"callId": call_id, "accounts": ["alice"], "at": self.now})

    def list(self) -> None:
        self.step("pending", {"at": self.now})

    def hear(self, said: dict, sender: Sender | None = None, sent_at: int | None = None) -> None:
        sender = sender or DRAW.choice(self.senders)
        sent_at = self.now if sent_at is None else sent_at
        name = str(uuid.uuid4())
        self.post(name, self.seal_as(sender, said, DRAW.randbytes(16), sent_at))
        self.step("receive", {"envelope": name, "at": self.now})


class Late(Told):
    """N12: what is refused for the clock when its account becomes trusted is held for the clock."""

    def go(self) -> dict:
        self.scene["comment"] = "The clock goes back before the account is trusted."
        begin = self.now
        for _ in range(DRAW.randint(1, 10)):
            self.now += DRAW.choice([0, 1, MINUTE, 3 * MINUTE])
            said = self.said("alice")
            self.hear(said, sent_at=self.now + DRAW.choice([0, 10 * MINUTE, 10 * MINUTE + 1]))
        end = self.now
        for name in DRAW.sample(list(self.accounts), 3):
            self.now = begin - DRAW.choice([0, 0, HOUR, 23 * HOUR, DAY])
            self.trust(name)
            self.step("held", {})
            self.step("heldAccounts", {})
        for ahead in (0, 5 * MINUTE, 10 * MINUTE, HOUR):
            self.now = begin - 10 * MINUTE + ahead if ahead < HOUR else end + ahead
            self.step("release", {"at": self.now})
            self.step("held", {})
            self.list()
        return self.scene


class Forgotten(Told):
    """N28: rings of calls that newer calls push out, and that may ring again."""

    def go(self) -> dict:
        self.scene["comment"] = "A pending ring of a call that is forgotten, and rings again."
        self.trust("me", "alice")
        siblings = [sender for sender in self.senders if sender.name == "me"]
        alice = self.accounts["alice"]
        self.callers = [Sender("alice", self.device(alice, 200 * 86_400)) for _ in range(2)]
        self.begin = self.now
        self.floods = 0
        makers = [self.invite] * 4 + [self.leave, self.forget, self.end, self.wait, self.restart]
        makers += [lambda: self.step("answered", self.caller() | {"at": self.now})]
        makers += [lambda: self.end_elsewhere(siblings)] * 2
        self.invite()
        for _ in range(30):
            DRAW.choice(makers)()
            self.list()
        return self.scene

    def caller(self) -> dict:
        return {"account": "alice", "callId": str(uuid.UUID(bytes=self.call_id()))}

    def call_id(self) -> bytes:
        return DRAW.choice([*[self.calls[0]] * 4, self.calls[1]])

    def time(self) -> int:
        """Returns one of few times, so that later rings are often dated earlier."""
        return self.begin + DRAW.choice([0, 1, 2, MINUTE, 2 * MINUTE, 10 * MINUTE])

    def invite(self) -> None:
        said = {"type": "call.invite", "callId": self.call_id(), "hasVideo": samples.yes()}
        self.hear(said | says.invited(), DRAW.choice(self.callers), self.time())

    def leave(self) -> None:
        self.step("left", self.caller())

    def end(self) -> None:
        said = {"type": "call.end", "callId": self.call_id(), "reason": "cancelled"}
        self.hear(said, DRAW.choice(self.callers), self.time())

    def end_elsewhere(self, siblings: list[Sender]) -> None:
        end = {"type": "call.end", "callId": self.call_id()}
        end |= says.ended("sibling", self.time(), b"")
        caller = self.accounts["alice"].public
        self.hear(end | {"caller": caller}, DRAW.choice(siblings))

    def forget(self) -> None:
        if DRAW.randrange(6) == 0:
            self.step("untrust", {"account": "alice"})
            self.list()
            self.trust("alice")
            self.begin += 10 * MINUTE + 1  # up to which all is replayed
            self.now = max(self.now, self.begin)
        elif self.floods < 4:
            self.floods += 1
            self.flood(CALLS - DRAW.choice([0, 0, 1, 2]))

    def flood(self, count: int) -> None:
        """Ends as many other calls, which records them."""
        end = {"type": "call.end", "callId": str(uuid.uuid4()), "reason": "cancelled"}
        flood = {
            "from": "alice",
            "device": self.callers[0].device.export().hex(),
            "bundle": self.published.hex(),
            "content": end,
            "callIds": uuid.uuid4().bytes[:12].hex(),
            "messageIds": DRAW.randbytes(12).hex(),
            "count": count,
            "firstSentAt": self.begin + 10 * MINUTE,
            "everyMs": 0,
            "at": self.now,
        }
        expect = {"action": "drop", "reason": "unknown"}
        self.player.flood(flood, expect)
        self.scene["steps"].append({"flood": flood, "expect": expect})

    def wait(self) -> None:
        self.now += DRAW.choice([1, MINUTE])
        self.now = self.last_moment()


class Mistaken(Told):
    """8.2: a sibling calls under a callId, and the app places a call under it."""

    def go(self) -> dict:
        self.scene["comment"] = "A sibling's call, and one that is placed under its callId."
        self.trust("me", "alice", "bob")
        siblings = [Sender("me", self.device(self.accounts["me"], 200 * 86_400)) for _ in range(2)]
        call_id = self.calls[0]
        own = {"account": "me", "callId": str(uuid.UUID(bytes=call_id))}
        invited = {"type": "call.invite", "callId": call_id, "hasVideo": True}

        def place() -> None:
            call = {"callId": own["callId"], "at": self.now} | self.some_accounts()
            self.step("placeCall", call)

        makers = [
            lambda: self.hear(invited | says.invited(), DRAW.choice(siblings)),
            lambda: self.hear(says.signal() | {"callId": call_id}, DRAW.choice(self.senders)),
            lambda: self.hear(says.signal() | {"callId": call_id}, DRAW.choice(siblings)),
            lambda: self.hear(self.said("me") | {"callId": call_id}, DRAW.choice(siblings)),
            *[lambda: self.step("answered", own | {"at": self.now})] * 2,
            lambda: self.step("joined", own | self.some_accounts() | {"at": self.now}),
            self.pass_time,
            lambda: self.step("left", own),
            lambda: self.step("left", own | self.some_accounts()),
            *[place] * 2,
        ]
        before = DRAW.randrange(15)
        for place_of_step in range(30):
            DRAW.choice(makers if place_of_step > before else makers[:-4])()
            self.list()
        return self.scene

    def some_accounts(self) -> dict:
        return {"accounts": DRAW.sample(["me", "alice", "bob"], DRAW.randrange(3))}
