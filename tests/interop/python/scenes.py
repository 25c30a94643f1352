"""Plays scenes (vectors/README.md)."""

import base64
from collections.abc import Callable

import content
import envelope
from bundles import Bundle, Prekey
from envelope import Frame
from events import Event, Explanation
from holding import Held, HeldAccount
from inbox import Inbox
from keys import Device, Floors
from names import Handle
from refusal import Refusal
from written import canonical, content_from_json, content_to_json, number

# An explanation that stops at one of these checks does not name the sender.
NAMELESS = (
    "length version suite prekey decryption contentLength padding certificate signature"
).split()
# The result of a step without `expect`.
NOTHING: dict[str, dict] = {
    "trust": {"events": []},
    "release": {"events": []},
    "joined": {"events": []},
    "discard": {"discarded": 0},
    "prune": {"prekeys": []},
}
# What these return is compared only with an `expect`.
UNCOMPARED = ("save", "revoke")


class Difference(Exception):
    """A difference from the expected result."""


def require(condition: bool, difference: str) -> None:
    if not condition:
        raise Difference(difference)


def play_scene(scene: dict) -> str | None:
    """Returns the difference from the expected result, or None."""
    player = Player(scene)
    for place, step in enumerate(scene["steps"]):
        try:
            player.play(step)
        except Difference as difference:
            return f"step {place}: {difference}"
        except Exception as error:  # a reader that stops has failed
            return f"step {place}: stopped by {error!r}"
    return None


class Player:
    def __init__(self, scene: dict) -> None:
        self.device = Device.read(bytes.fromhex(scene["receiver"]["device"]))
        self.inbox = Inbox(self.device)
        for export in scene["receiver"]["prekeys"]:
            self.inbox.add_prekey(Prekey.read(bytes.fromhex(export)))
        self.now = int(scene["now"])
        self.accounts = {name: bytes.fromhex(key) for name, key in scene["accounts"].items()}
        self.envelopes = {
            name: base64.b64decode(data, validate=True) for name, data in scene["envelopes"].items()
        }
        self.saved: dict[str, bytes] = {}

    def play(self, step: dict) -> None:
        (kind,) = step.keys() - {"comment", "expect"}
        expected = step.get("expect", NOTHING.get(kind, {}))
        before = self.inbox.peek()
        try:
            found = STEPS[kind](self, step[kind], expected)
            if "expect" not in step and kind in UNCOMPARED:
                found = {}
        except Refusal as refusal:
            found = refused(refusal)
        require(
            canonical(found) == canonical(expected),
            f"expected {canonical(expected)}, found {canonical(found)}",
        )
        refused_here = "error" in expected and not may_hold(kind, expected)
        duplicate = expected.get("event", {}).get("reason") == "duplicate"
        if refused_here or (kind == "receive" and duplicate) or kind in READING:
            require(self.inbox.peek() == before, f"{kind} has changed the state")

    # Each step returns a result to compare with `expect`, or raises a refusal.

    def receive(self, members: dict, _: dict) -> dict:
        return self.receive_one(self.envelopes[members["envelope"]], int(members["at"]))

    def receive_one(self, data: bytes, at: int) -> dict:
        before = self.inbox.peek()
        explanation = self.inbox.explain(data, at)
        require(self.inbox.peek() == before, "explaining has changed the state")
        stop = explanation.stopped_at
        stopped_at = {"stoppedAt": stop} if stop is not None else {}
        named = explanation.frame
        require((named is None) == (stop in NAMELESS), f"at {stop} the sender is {named}")
        tag = None if stop == "length" else envelope.tag(data)
        require(explanation.tag == tag, f"{explanation.tag} is not the tag")
        age = None if named is None else at - named.sent_at
        require(explanation.age == age, f"the age is {explanation.age}")
        is_late = (explanation.action, explanation.reason) == ("missed", "expired")
        require((explanation.lifetime is not None) == is_late, "the lifetime is named")
        try:
            event = self.inbox.receive(data, at)
        except Refusal as refusal:
            found = refused(refusal)
            told = explanation.refusal
            require(told is not None and refused(told) == found, f"{told!r} was explained")
            require(found["stoppedAt"] == stop, f"explaining stops at {stop}")
            return found
        require(explanation.refusal is None, f"{explanation.refusal!r} was explained")
        explained = explanation.action, explanation.reason
        require(explained == (event.action, event.reason), f"{explained} was explained")
        require(sender(named) == sender_of(event), f"{named} was explained")
        return {"event": event_json(event)} | stopped_at

    def explain(self, members: dict, expected: dict) -> dict:
        data = self.envelopes[members["envelope"]]
        found = explained(self.inbox.explain(data, int(members["at"])))
        # Only the action and reason of the expected event are compared.
        if "event" in found and outcome_of(expected.get("event", {})) == found["event"]:
            found["event"] = expected["event"]
        return found

    def trust(self, members: dict, _: dict) -> dict:
        account, at = self.accounts[members["account"]], int(members["at"])
        handle = Handle(**members["handle"]) if "handle" in members else None
        statements = [bytes.fromhex(each) for each in members.get("revocations", [])]
        events = self.inbox.trust(account, at, handle, members.get("displayName"), statements)
        return {"events": [event_json(event) for event in events]}

    def untrust(self, members: dict, _: dict) -> dict:
        self.inbox.untrust(self.accounts[members["account"]])
        return {}

    def revoke(self, members: dict, _: dict) -> dict:
        known = self.inbox.revoke(bytes.fromhex(members["statement"]), int(members["at"]))
        return {"known": known}

    def block(self, members: dict, _: dict) -> dict:
        self.inbox.block(self.accounts[members["account"]])
        return {}

    def unblock(self, members: dict, _: dict) -> dict:
        self.inbox.unblock(self.accounts[members["account"]], int(members["at"]))
        return {}

    def is_blocked(self, members: dict, _: dict) -> dict:
        return {"blocked": self.inbox.is_blocked(self.accounts[members["account"]])}

    def discard(self, members: dict, _: dict) -> dict:
        return {"discarded": self.inbox.discard(self.accounts[members["account"]])}

    def release(self, members: dict, _: dict) -> dict:
        events = self.inbox.release(int(members["at"]))
        return {"events": [event_json(event) for event in events]}

    def publish(self, members: dict, _: dict) -> dict:
        prekeys = [Prekey.read(bytes.fromhex(export)) for export in members["prekeys"]]
        published = self.inbox.publish(prekeys, int(members["at"]))
        return {"bundles": [data.hex() for data in published]}

    def place_call(self, members: dict, _: dict) -> dict:
        call_id, accounts = content.call_id_of(members["callId"]), self.named(members)
        return {"sentAt": number(self.inbox.calls.place(call_id, accounts, int(members["at"])))}

    def answered(self, members: dict, _: dict) -> dict:
        caller, call_id = self.accounts[members["account"]], content.call_id_of(members["callId"])
        return {"ring": number(self.inbox.calls.answered(caller, call_id, int(members["at"])))}

    def left(self, members: dict, _: dict) -> dict:
        caller, call_id = self.accounts[members["account"]], content.call_id_of(members["callId"])
        accounts = self.named(members) if "accounts" in members else None
        self.inbox.calls.left(caller, call_id, accounts)
        return {}

    def joined(self, members: dict, _: dict) -> dict:
        caller, call_id = self.accounts[members["account"]], content.call_id_of(members["callId"])
        events = self.inbox.join(caller, call_id, self.named(members), int(members["at"]))
        return {"events": [event_json(event) for event in events]}

    def named(self, members: dict) -> list[bytes]:
        return [self.accounts[name] for name in members["accounts"]]

    def acknowledge(self, members: dict, _: dict) -> dict:
        message_id = bytes.fromhex(members["messageId"])
        return {"wasPending": self.inbox.acknowledge(self.accounts[members["account"]], message_id)}

    def pending(self, members: dict, expected: dict) -> dict:
        return listed("events", map(event_json, self.inbox.pending(int(members["at"]))), expected)

    def held(self, _: dict, expected: dict) -> dict:
        return listed("held", map(held_json, self.inbox.held()), expected)

    def held_accounts(self, _: dict, __: dict) -> dict:
        return {"accounts": [held_account_json(one) for one in self.inbox.held_accounts()]}

    def prune(self, members: dict, _: dict) -> dict:
        return {"prekeys": [prekey_id.hex() for prekey_id in self.inbox.prune(int(members["at"]))]}

    def add_prekey(self, members: dict, _: dict) -> dict:
        self.inbox.add_prekey(Prekey.read(bytes.fromhex(members["prekey"])))
        return {}

    def save(self, members: dict, _: dict) -> dict:
        self.saved[members["as"]] = self.inbox.save()
        return {"revision": number(self.inbox.revision)}

    def load(self, members: dict, expected: dict) -> dict:
        saved = self.saved[members["state"]]
        device = self.device
        if "device" in members:
            device = Device.read(bytes.fromhex(members["device"]))
        if "flipFrom" in members:
            for bit in range(members["flipFrom"], 8 * len(saved), members["flipEvery"]):
                flipped = bytearray(saved)
                flipped[bit // 8] ^= 1 << bit % 8
                self.check_refused(device, bytes(flipped), expected["error"], f"bit {bit}")
            return expected
        data = saved[: members.get("length", len(saved))]
        data = data[: len(data) - members.get("cut", 0)] + bytes.fromhex(members.get("append", ""))
        if "version" in members:
            data = bytes([members["version"]]) + data[1:]
        loaded = Inbox.load(device, data, int(members.get("atLeast", 0)))
        require(loaded.peek() == data, "the state that was loaded is saved as another")
        self.inbox, self.device = loaded, device
        return {}

    def check_refused(self, device: Device, data: bytes, code: str, change: str) -> None:
        try:
            Inbox.load(device, data)
        except Refusal as refusal:
            require(refusal.code == code, f"{change}: {refusal.code}")
            return
        raise Difference(f"{change} flipped, and it is loaded")

    def flood(self, members: dict, expected: dict) -> dict:
        device = Device.read(bytes.fromhex(members["device"]))
        require(device.certificate.account == self.accounts[members["from"]], "of another account")
        bundle = Bundle.read(bytes.fromhex(members["bundle"]), self.device.certificate.account)
        bundle.check(self.now, Floors())
        said = content_from_json(members["content"])
        for place in range(members["count"]):
            if "callIds" in members:
                said["callId"] = numbered(members["callIds"], place)
            message_id = numbered(members["messageIds"], place)
            sent_at = int(members["firstSentAt"]) + place * int(members["everyMs"])
            (data,) = envelope.seal(device, [bundle], said, sent_at, message_id)
            try:
                event = self.inbox.receive(data, int(members["at"]))
                found = outcome(event.action, event.reason)
            except Refusal as refusal:
                found = {"error": refusal.code}
            require(found == expected, f"envelope {place}: {found}, expected {expected}")
        return expected


READING = ("explain", "pending", "held", "heldAccounts", "isBlocked", "save")
STEPS: dict[str, Callable[[Player, dict, dict], dict]] = {
    "receive": Player.receive,
    "explain": Player.explain,
    "trust": Player.trust,
    "untrust": Player.untrust,
    "revoke": Player.revoke,
    "block": Player.block,
    "unblock": Player.unblock,
    "isBlocked": Player.is_blocked,
    "discard": Player.discard,
    "release": Player.release,
    "publish": Player.publish,
    "placeCall": Player.place_call,
    "answered": Player.answered,
    "left": Player.left,
    "joined": Player.joined,
    "acknowledge": Player.acknowledge,
    "pending": Player.pending,
    "held": Player.held,
    "heldAccounts": Player.held_accounts,
    "prune": Player.prune,
    "addPrekey": Player.add_prekey,
    "save": Player.save,
    "load": Player.load,
    "flood": Player.flood,
}


def may_hold(kind: str, expected: dict) -> bool:
    return kind in ("receive", "flood") and expected.get("error") in ("untrusted", "clock")


def numbered(prefix: str, place: int) -> bytes:
    return bytes.fromhex(prefix) + place.to_bytes(4)


def listed(name: str, items, expected: dict) -> dict:
    found = list(items)
    return {"count": len(found)} if "count" in expected else {name: found}


def refused(refusal: Refusal) -> dict:
    named = {name: refusal.details.get(name) for name in ("age", "account", "stoppedAt")}
    if isinstance(named["account"], bytes):
        named["account"] = named["account"].hex()
    if isinstance(named["age"], int):
        named["age"] = number(named["age"])
    return {"error": refusal.code} | {name: one for name, one in named.items() if one is not None}


def outcome(action: str | None, reason: str | None) -> dict:
    return {"action": action} | ({"reason": reason} if reason is not None else {})


def outcome_of(event: dict) -> dict:
    return outcome(event.get("action"), event.get("reason"))


def explained(explanation: Explanation) -> dict:
    if explanation.refusal is not None:
        return refused(explanation.refusal)
    stop = explanation.stopped_at
    event = outcome(explanation.action, explanation.reason)
    return {"event": event} | ({"stoppedAt": stop} if stop is not None else {})


def sender(frame: Frame | None) -> tuple:
    if frame is None:
        return ()
    certificate = frame.certificate
    return certificate.account, certificate.device, frame.message_id, frame.sent_at


def sender_of(event: Event) -> tuple:
    return event.account, event.device, event.message_id, event.sent_at


def held_json(held: Held) -> dict:
    frame = held.frame
    return {
        "envelopeTag": frame.tag,
        "account": frame.certificate.account.hex(),
        "device": frame.certificate.device.hex(),
        "messageId": frame.message_id.hex(),
        "sentAt": number(frame.sent_at),
        "reason": held.reason,
    }


def held_account_json(held: HeldAccount) -> dict:
    return {
        "account": held.account.hex(),
        "count": held.count,
        "earliest": number(held.earliest),
        "latest": number(held.latest),
    }


def event_json(event: Event) -> dict:
    names = {"handle": handle_json(event.handle), "displayName": event.name}
    claimed = event.claimed
    if claimed is not None and "handle" in claimed:
        claimed = claimed | {"handle": handle_json(claimed["handle"])}
    call_kit = event.call_kit
    if call_kit is not None:
        call_kit = call_kit | {
            "sentAt": number(event.sent_at),
            "expiresAt": number(event.expires_at),
        }
    members = {
        "callUUID": event.call_uuid,
        "callKit": call_kit,
        "claimed": claimed,
        "expiresAt": None if event.expires_at is None else number(event.expires_at),
        "crossed": event.crossed,
        "age": None if event.age is None else number(event.age),
        "endedReason": event.ended_reason,
        "remaining": event.remaining,
        "taken": event.taken and event.taken.hex(),
        "known": event.known,
        "reason": event.reason,
        "content": None if event.said is None else content_to_json(event.said),
    }
    return {
        "action": event.action,
        "envelopeTag": event.tag,
        "sender": {"account": event.account.hex(), "device": event.device.hex()} | present(names),
        "messageId": event.message_id.hex(),
        "sentAt": number(event.sent_at),
    } | present(members)


def handle_json(handle: Handle | None) -> dict | None:
    return handle and handle._asdict()


def present(members: dict) -> dict:
    return {name: member for name, member in members.items() if member is not None}
