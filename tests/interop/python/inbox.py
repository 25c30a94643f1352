"""inbox.md: the inbox, which is the state that receiving needs.

`judge` makes the checks and changes nothing; `accept` applies the changes once all checks have
passed. So explaining an envelope is judging it, and a refusal leaves the state as it was (N6).
"""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

import cbor2

import content
import keys
import times
from bundles import Prekey
from content import ELSEWHERE
from envelope import Frame, check, check_times, open_frame, read_content
from keys import Certificate, Device
from refusal import Refusal, require

# The version of the saved state (N26).
VERSION = 1

# inbox.md, "State and bounds".
PREKEYS = 256
RECORDS = 16_384
IDS = 512
CALLS = 64
OWN_ENDS = 64
PLACED = 64
CALLED = 256
JOURNAL = 1_024
JOURNAL_EACH = 128
HELD = 64
HELD_EACH = 8
PINNED = 128

MONTH = 30 * times.DAY
GRACE = 30_000
ENDED_REASONS = {
    "failed": 1,
    "remoteEnded": 2,
    "declined": 2,
    "busy": 2,
    "cancelled": 2,
    "unanswered": 3,
    "answeredElsewhere": 4,
    "declinedElsewhere": 5,
}
# N20.
UNSEEN = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F]
    + [*range(0x2028, 0x202F), *range(0x2066, 0x2070)]
)


class Handle(NamedTuple):
    type: str
    value: str


# The states of a call. An ended call and a tombstone have a reason.
RINGING, MISSED, ENDED, TOMBSTONE = range(4)


@dataclass
class Call:
    at: int
    state: int
    reason: str | None = None

    def end(self, reason: str) -> None:
        """Ends the call. A tombstone stays a tombstone."""
        self.state = TOMBSTONE if self.state == TOMBSTONE else ENDED
        self.reason = reason


@dataclass
class Record:
    """An account record."""

    trusted: bool = False
    handle: Handle | None = None
    name: str | None = None
    revoked_before: int | None = None
    replay_floor: int | None = None
    ids: dict[bytes, int] = field(default_factory=dict)
    calls: dict[bytes, Call] = field(default_factory=dict)

    def raise_floor(self, sent_at: int) -> None:
        """Raises the replay floor, and never lowers it (N13)."""
        if self.replay_floor is None or sent_at > self.replay_floor:
            self.replay_floor = sent_at

    def keep(self, message_id: bytes, sent_at: int) -> None:
        """Keeps an id, and lets the oldest leave when there are too many (N12)."""
        self.ids[message_id] = sent_at
        if len(self.ids) > IDS:
            self.forget(min(self.ids, key=lambda each: (self.ids[each], each)))

    def forget(self, message_id: bytes) -> None:
        self.raise_floor(self.ids.pop(message_id))


@dataclass
class Placed:
    """A placed call: the accounts that are called, and whether each has ended it."""

    at: int
    accounts: dict[bytes, bool]


@dataclass
class OwnEnd:
    """An early end (Z7)."""

    at: int
    reason: str


class Outcome(NamedTuple):
    """The event that an envelope would give, and the changes that it would make."""

    action: str
    reason: str | None = None
    said: dict | None = None
    caller: bytes = b""
    then: Callable[[], None] = lambda: None


@dataclass
class Entry:
    """An event in the journal, as it was accepted."""

    tag: str
    account: bytes
    device: bytes
    message_id: bytes
    sent_at: int
    action: str
    reason: str | None
    caller: bytes
    said: dict
    ended: str | None = None  # N23: how an invitation's call has ended since

    @property
    def call(self) -> tuple[bytes, bytes]:
        return self.caller, self.said["callId"]

    @property
    def rings_until(self) -> int:
        return min(self.sent_at + patience(self.said), times.LARGEST)


@dataclass
class Event:
    """An event as the app gets it. `None`: an event of this action does not have the member."""

    action: str
    tag: str
    account: bytes
    device: bytes
    handle: Handle | None
    name: str | None
    message_id: bytes
    sent_at: int
    reason: str | None = None
    call_uuid: str | None = None
    call_kit: dict[str, str | bool | int] | None = None
    claimed: dict[str, str | Handle] | None = None
    expires_at: int | None = None
    age: int | None = None
    ended_reason: int | None = None
    known: bool | None = None
    said: dict | None = None


class Explanation(NamedTuple):
    """Explains where an envelope stops.

    `frame` is set once the signature check has passed. Action and reason are set unless the
    envelope is refused.
    """

    stopped_at: str | None
    frame: Frame | None
    action: str | None = None
    reason: str | None = None
    refusal: Refusal | None = None


def patience(invitation: dict) -> int:
    """Returns how long after sent_at an invitation rings (A6), in ms."""
    return invitation.get("lifetime", 60) * 1_000 + GRACE  # M11


def seen(text: str) -> str:
    """Removes the characters of N20."""
    return text.translate(UNSEEN)


def check_pinned(text: str) -> None:
    require(isinstance(text, str) and "\0" not in text, "bad_content")
    try:
        require(len(text.encode()) <= PINNED, "bad_content")
    except UnicodeEncodeError:
        raise Refusal("bad_content") from None


def drop_first(items: dict, most: int) -> None:
    """Forgets the items that were recorded first, until at most `most` are left."""
    while len(items) > most:
        del items[next(iter(items))]


class Inbox:
    def __init__(self, device: Device) -> None:
        self.device = device
        self.own = device.certificate.account
        self.prekeys: dict[tuple[int, bytes], Prekey] = {}
        self.records: dict[bytes, Record] = {self.own: Record()}
        self.own_ends: dict[tuple[bytes, bytes], OwnEnd] = {}
        self.placed_calls: dict[bytes, Placed] = {}
        self.journal: dict[tuple[bytes, bytes], Entry] = {}
        self.held_frames: dict[tuple[bytes, bytes], Frame] = {}

    # inbox.md, "What the app does".

    def add_prekey(self, prekey: Prekey) -> None:
        name = prekey.suite.byte, prekey.id
        if name not in self.prekeys:
            require(len(self.prekeys) < PREKEYS, "inbox_full")
            self.prekeys[name] = prekey

    def trust(
        self, account: bytes, now: int, handle: Handle | None = None, name: str | None = None
    ) -> list[Event]:
        """Trusts an account (N1) and releases its held envelopes (N9). Returns their events."""
        keys.check_key(account)
        if handle is not None:
            require(content.HANDLE["type"](handle.type), "bad_content")
            check_pinned(handle.value)
        if name is not None:
            check_pinned(name)
        frames = self.held_frames.values()
        held = [frame for frame in frames if frame.certificate.account == account]
        require(not held or self.has_room(account, len(held)), "inbox_full")
        record = self.record(account)
        record.trusted, record.handle, record.name = True, handle, name
        events = []
        for frame in held:
            del self.held_frames[account, frame.message_id]
            try:
                outcome, _ = self.judge(frame, now)
                events.append(self.accept(frame, outcome, now))
            except Refusal:
                pass  # the envelope is gone
        return events

    def untrust(self, account: bytes) -> None:
        """Ends the trust in an account (N2)."""
        record = self.records.get(account)
        if record is None or not record.trusted:
            return
        for message_id in list(record.ids):
            record.forget(message_id)
        record.calls.clear()
        record.trusted, record.handle, record.name = False, None, None

    def revoke(self, statement: bytes, now: int) -> None:
        """Takes a revocation (N3)."""
        account = statement[1:33]
        floor = keys.read_revocation(statement, account, now)
        record = self.record(account)
        record.revoked_before = max(record.revoked_before or 0, floor)  # R6

    def place(self, call_id: bytes, accounts: list[bytes], now: int) -> None:
        """Registers a call of the app's own (N4)."""
        for account in accounts:
            keys.check_key(account)
        require(len(set(accounts)) <= CALLED, "inbox_full")
        before = self.placed_calls.get(call_id, Placed(now, {}))
        ended = {account: before.accounts.get(account, False) for account in accounts}
        self.placed_calls[call_id] = Placed(before.at, ended)
        drop_first(self.placed_calls, PLACED)

    def acknowledge(self, account: bytes, message_id: bytes) -> bool:
        """Acknowledges an event (N21). Returns whether it was pending."""
        return self.journal.pop((account, message_id), None) is not None

    def pending(self, now: int) -> Iterator[Event]:
        """Lists the journal at `now` (N22, N23)."""
        for entry in self.journal.values():
            yield self.event(self.become(entry, now), now)

    def held(self) -> list[Frame]:
        return list(self.held_frames.values())

    def prune(self, now: int) -> list[bytes]:
        """Prunes (N5). Returns the ids of the deleted prekeys."""
        gone = [
            name
            for name, prekey in self.prekeys.items()
            if now >= min(times.in_ms(prekey.expires_at) + MONTH, times.LARGEST)
        ]
        for name in gone:
            del self.prekeys[name]
        oldest = times.earlier(now, MONTH)
        for record in self.records.values():
            for message_id in [each for each, sent_at in record.ids.items() if sent_at < oldest]:
                record.forget(message_id)
        calls = [record.calls for record in self.records.values()]
        for items in [*calls, self.own_ends, self.placed_calls]:
            for name in [name for name, item in items.items() if item.at < oldest]:
                del items[name]
        for name in [name for name, frame in self.held_frames.items() if frame.sent_at < oldest]:
            del self.held_frames[name]
        return [prekey_id for _, prekey_id in gone]

    # inbox.md, "Order of the checks".

    def receive(self, envelope: bytes, now: int) -> Event:
        frame = open_frame(envelope, self.device, self.prekeys.values())
        try:
            outcome, _ = self.judge(frame, now)
        except Refusal as refusal:
            if refusal.code == "untrusted":
                self.hold(frame, now)
            raise
        return self.accept(frame, outcome, now)

    def explain(self, envelope: bytes, now: int) -> Explanation:
        frame = None
        try:
            frame = open_frame(envelope, self.device, self.prekeys.values())
            outcome, stopped_at = self.judge(frame, now)
        except Refusal as refusal:
            return Explanation(refusal.details["stoppedAt"], frame, refusal=refusal)
        return Explanation(stopped_at, frame, outcome.action, outcome.reason)

    def judge(self, frame: Frame, now: int) -> tuple[Outcome, str | None]:
        """Checks E26 to E33 and decides on the event. Returns it, and where it stops."""
        account = frame.certificate.account
        trusted = account in self.records and self.records[account].trusted
        with check("trust"):
            require(trusted or account == self.own, "untrusted", account=account)
        if self.is_duplicate(frame):
            return Outcome("drop", "duplicate"), "replay"
        self.check_replay_and_times(frame, now)
        with check("room"):
            require(self.has_room(account), "inbox_full")
        said = read_content(frame.stream)
        with check("trust"):  # N7
            allowed = trusted or content.ends_elsewhere(said)
            require(allowed, "untrusted", account=account)
        with check("call"):
            return self.outcome(frame, said, now)._replace(said=said), None

    def is_duplicate(self, frame: Frame) -> bool:
        """Says whether the message id is a duplicate (N10)."""
        account, message_id = frame.certificate.account, frame.message_id
        record = self.records.get(account, Record())
        return message_id in record.ids or (account, message_id) in self.journal

    def check_replay_and_times(self, frame: Frame, now: int) -> None:
        """Checks N11, E28 and E29."""
        record = self.records.get(frame.certificate.account, Record())
        with check("replay"):
            floor = record.replay_floor
            require(floor is None or frame.sent_at > floor, "replayed")
        check_times(frame, now, record.revoked_before)

    def has_room(self, account: bytes, count: int = 1) -> bool:
        """Says whether the journal has room for `count` more events of `account` (E30)."""
        in_all = sum(sender != self.own for sender, _ in self.journal)
        of_account = sum(sender == account for sender, _ in self.journal)
        return of_account + count <= JOURNAL_EACH and (
            account == self.own or in_all + count <= JOURNAL
        )

    def hold(self, frame: Frame, now: int) -> None:
        """Holds an untrusted envelope (N8)."""
        account = frame.certificate.account
        if self.is_duplicate(frame) or (account, frame.message_id) in self.held_frames:
            return
        try:
            self.check_replay_and_times(frame, now)
        except Refusal:
            return
        of_account = [name for name in self.held_frames if name[0] == account]
        if len(of_account) >= HELD_EACH:
            del self.held_frames[of_account[0]]
        elif len(self.held_frames) >= HELD:
            drop_first(self.held_frames, HELD - 1)
        self.held_frames[account, frame.message_id] = frame

    def accept(self, frame: Frame, outcome: Outcome, now: int) -> Event:
        certificate = frame.certificate
        entry = Entry(
            frame.tag,
            certificate.account,
            certificate.device,
            frame.message_id,
            frame.sent_at,
            outcome.action,
            outcome.reason,
            outcome.caller,
            outcome.said,
        )
        if not self.is_duplicate(frame):
            self.records[entry.account].keep(frame.message_id, frame.sent_at)
            outcome.then()
            if entry.action != "drop":
                self.journal[entry.account, entry.message_id] = entry
        return self.event(entry, now)

    # inbox.md, "Events" and "Calls": decides on the event by the type of the content.

    def outcome(self, frame: Frame, said: dict, now: int) -> Outcome:
        kind = said["type"]
        if kind == "cover":
            return Outcome("drop", "cover")
        if not kind.startswith("call.") or "callId" not in said:
            return Outcome("notify")  # M10
        if kind == "call.invite":
            return self.invited(frame, said, now)
        if not holds(frame.certificate, now):
            return Outcome("drop", "certificate")  # N14
        account = frame.certificate.account
        if kind == "call.end":
            return self.ended(account, said, now)
        return self.signalled(account, said["callId"])

    def invited(self, frame: Frame, said: dict, now: int) -> Outcome:
        """Applies table A."""
        account, call_id = frame.certificate.account, said["callId"]
        require(call_id not in self.placed_calls, "call_id_taken")  # A1
        if (account, call_id) in self.own_ends:  # A2
            return Outcome("drop", self.own_ends[account, call_id].reason)
        call = self.records[account].calls.get(call_id)
        if call is not None and call.state == TOMBSTONE:
            if call.reason in ELSEWHERE:  # A3
                return Outcome("drop", call.reason)

            def no_tombstone() -> None:
                call.state = ENDED

            return Outcome("missed", "ended", caller=account, then=no_tombstone)  # A4
        if call is not None:  # A5
            return Outcome("drop", "repeated")

        def recorded(state: int) -> Callable[[], None]:
            return lambda: self.record_call(account, call_id, Call(now, state))

        if now - frame.sent_at > patience(said):  # A6
            return Outcome("missed", "expired", caller=account, then=recorded(MISSED))
        if not holds(frame.certificate, now):  # A7
            return Outcome("missed", "certificate", caller=account, then=recorded(MISSED))
        return Outcome("ring", caller=account, then=recorded(RINGING))  # A8

    def ended(self, account: bytes, said: dict, now: int) -> Outcome:
        """Applies table Z."""
        call_id, reason = said["callId"], said["reason"]
        if reason in ELSEWHERE and account != self.own:  # Z1
            return Outcome("drop", "unknown")
        placed = self.placed_calls.get(call_id)
        if placed is not None and said.get("caller", self.own) == self.own:
            if account not in placed.accounts:  # Z4
                return Outcome("drop", "unknown")
            if placed.accounts[account]:  # Z3
                return Outcome("drop", "over")

            def ended_it() -> None:
                placed.accounts[account] = True

            return Outcome("end", caller=self.own, then=ended_it)  # Z2
        caller = said.get("caller", account)
        if caller != account and reason not in ELSEWHERE:  # Z5
            return Outcome("drop", "unknown")
        record = self.records.get(caller)
        call = record.calls.get(call_id) if record is not None else None
        known = self.own_ends.get((caller, call_id))

        def end() -> None:
            if call is not None:
                call.end(reason)
            elif caller == account:
                self.record_call(caller, call_id, Call(now, TOMBSTONE, reason))
            elif known is not None:
                known.reason = reason
            else:
                self.own_ends[caller, call_id] = OwnEnd(now, reason)
                drop_first(self.own_ends, OWN_ENDS)
            for entry in self.journal.values():  # N23
                if entry.action in ("ring", "missed") and entry.call == (caller, call_id):
                    entry.ended = reason

        if call is not None and call.state in (RINGING, MISSED):  # Z6
            return Outcome("end", caller=caller, then=end)
        if caller != account:  # Z7 to Z10
            unknown = call.state == TOMBSTONE if call is not None else known is None
            return Outcome("drop", "unknown" if unknown else "over", then=end)
        if call is not None or known is not None:  # Z11
            return Outcome("drop", "over")
        return Outcome("drop", "unknown", then=end)  # Z12

    def signalled(self, account: bytes, call_id: bytes) -> Outcome:
        """Applies table G."""
        placed = self.placed_calls.get(call_id)
        if placed is not None:
            if account not in placed.accounts:  # G3
                return Outcome("drop", "unknown")
            if placed.accounts[account]:  # G2
                return Outcome("drop", "over")
            return Outcome("signal", caller=self.own)  # G1
        call = self.records[account].calls.get(call_id)
        if call is not None and call.state == RINGING:  # G4
            return Outcome("signal", caller=account)
        if call is not None or (account, call_id) in self.own_ends:  # G5
            return Outcome("drop", "over")
        return Outcome("drop", "unknown")  # G6

    def record(self, account: bytes) -> Record:
        """Returns the record of an account, and makes one if there is room."""
        if account not in self.records:
            require(len(self.records) < RECORDS, "inbox_full")
            self.records[account] = Record()
        return self.records[account]

    def record_call(self, caller: bytes, call_id: bytes, call: Call) -> None:
        calls = self.records[caller].calls
        calls[call_id] = call
        drop_first(calls, CALLS)

    # inbox.md, "Events", "Names" and "Journal": makes the events that the app gets.

    def become(self, entry: Entry, now: int) -> Entry:
        """Returns an event of the journal as it stands at `now` (N23)."""
        if entry.action not in ("ring", "missed"):
            return entry
        if entry.ended in ELSEWHERE:
            return replace(entry, action="drop", reason=entry.ended)
        if entry.action == "ring" and entry.ended is not None:
            return replace(entry, action="missed", reason="ended")
        if entry.action == "ring" and now - entry.sent_at > patience(entry.said):
            return replace(entry, action="missed", reason="expired")
        return entry

    def event(self, entry: Entry, now: int) -> Event:
        pinned = self.records[entry.account]
        event = Event(
            entry.action,
            entry.tag,
            entry.account,
            entry.device,
            pinned.handle,
            pinned.name,
            entry.message_id,
            entry.sent_at,
            entry.reason,
        )
        if entry.action == "drop":
            return event
        event.said = entry.said
        if entry.action == "notify":
            event.known = entry.said["type"] in content.TYPES
            return event
        event.call_uuid = str(uuid.UUID(bytes=keys.callkit_uuid(*entry.call)))
        if entry.action == "end":
            event.ended_reason = ENDED_REASONS[entry.said["reason"]]
        if entry.action == "missed":
            event.age = max(now - entry.sent_at, 0)
        if entry.action in ("ring", "missed"):
            event.claimed = claims(entry.said)
        if entry.action == "ring":
            event.expires_at = entry.rings_until
            event.call_kit = call_kit(event)
        return event

    # inbox.md, "Saved state": the version, the device's account and key, all state in CBOR, and the
    # SHA-256 of everything before it.

    def save(self) -> bytes:
        me = self.device.certificate
        saved = {
            "records": [
                [account, record.trusted, record.handle, record.name, record.revoked_before]
                + [record.replay_floor, list(record.ids.items())]
                + [[[call_id, *vars(call).values()] for call_id, call in record.calls.items()]]
                for account, record in self.records.items()
            ],
            "ownEnds": [[*name, end.at, end.reason] for name, end in self.own_ends.items()],
            "placed": [
                [call_id, placed.at, list(placed.accounts.items())]
                for call_id, placed in self.placed_calls.items()
            ],
            "journal": [list(vars(entry).values()) for entry in self.journal.values()],
            "held": [
                [held.tag, held.certificate.data, held.message_id, held.sent_at, held.stream]
                for held in self.held_frames.values()
            ],
        }
        data = bytes([VERSION]) + me.account + me.device + cbor2.dumps(saved)
        return data + hashlib.sha256(data).digest()

    @classmethod
    def load(cls, device: Device, data: bytes) -> Self:
        """Loads saved state (N27). The app adds the prekeys again (N28)."""
        require(len(data) > 0, "bad_state")
        require(data[0] <= VERSION, "state_too_new")
        require(data[0] == VERSION and len(data) > 97, "bad_state")
        require(hashlib.sha256(data[:-32]).digest() == data[-32:], "bad_state")
        require(data[1:33] == device.certificate.account, "wrong_account")
        require(data[33:65] == device.certificate.device, "wrong_device")
        inbox = cls(device)
        try:
            inbox.restore(cbor2.loads(data[65:-32]))
        except Exception:  # it does not have the form that `save` writes
            raise Refusal("bad_state") from None
        return inbox

    def restore(self, saved: dict) -> None:
        for account, trusted, handle, name, *floors, ids, calls in saved["records"]:
            pinned = handle and Handle(*handle)
            recorded = {call_id: Call(*call) for call_id, *call in calls}
            self.records[account] = Record(trusted, pinned, name, *floors, dict(ids), recorded)
        self.own_ends = {
            (caller, call_id): OwnEnd(*end) for caller, call_id, *end in saved["ownEnds"]
        }
        self.placed_calls = {
            call_id: Placed(at, dict(accounts)) for call_id, at, accounts in saved["placed"]
        }
        entries = [Entry(*members) for members in saved["journal"]]
        self.journal = {(entry.account, entry.message_id): entry for entry in entries}
        held = [
            Frame(tag, Certificate.read(certificate), *others)
            for tag, certificate, *others in saved["held"]
        ]
        self.held_frames = {(one.certificate.account, one.message_id): one for one in held}


def holds(certificate: Certificate, now: int) -> bool:
    """Says whether the certificate's times (T6) hold at `now`, for A7 and N14."""
    try:
        certificate.check_times(now)
    except Refusal:
        return False
    return True


def claims(said: dict) -> dict[str, str | Handle]:
    """Returns the claims of the sender (N20)."""
    found: dict[str, str | Handle] = {}
    if "handle" in said:
        found["handle"] = Handle(said["handle"]["type"], seen(said["handle"]["value"]))
    if "callerName" in said:
        found["callerName"] = seen(said["callerName"])
    return found


def call_kit(event: Event) -> dict[str, str | bool | int]:
    """Returns the dictionary of "Names"."""
    handle = event.handle or Handle("generic", keys.fingerprint(event.account))  # N19
    told = {
        "hushring": 1,
        "callUUID": event.call_uuid,
        "callId": str(uuid.UUID(bytes=event.said["callId"])),
        "account": event.account.hex(),
        "device": event.device.hex(),
        "messageId": event.message_id.hex(),
        "handleType": handle.type,
        "handle": handle.value,
        "hasVideo": event.said["hasVideo"],
        "expiresAt": event.expires_at,
    }
    if event.name is not None:
        told["callerName"] = event.name
    if "groupId" in event.said:
        told["groupId"] = seen(event.said["groupId"])
    return told
