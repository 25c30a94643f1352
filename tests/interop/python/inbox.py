"""inbox.md: the inbox, which is the state that receiving needs.

`judge` makes the checks and changes nothing; `accept` applies the changes once all checks have
passed. So explaining an envelope is judging it, and a refusal leaves the state as it was (N9).
"""

from collections.abc import Iterator, Sequence
from typing import Self

import bundles
import content
import keys
import names
import saved
import tables
import times
from bundles import Prekey
from calls import ANSWERED, RINGING, Calls
from envelope import LENGTH, Frame, check, check_times, open_frame, read_content, tag
from events import Entry, Event, Explanation, Outcome, event_of, lifetime
from holding import CLOCK, UNTRUSTED, Held, HeldAccount, Holding
from keys import Device, Revocation
from names import Handle
from records import Record, Records
from refusal import Refusal, require

PREKEYS = 256
JOURNAL = 256
JOURNAL_EACH = 64
MONTH = 30 * times.DAY


class Inbox:
    def __init__(self, device: Device) -> None:
        self.device = device
        self.own = device.certificate.account
        self.prekeys: dict[tuple[int, bytes], Prekey] = {}
        self.issued_at: int | None = None  # of the device's last publication
        self.records = Records(self.own)
        self.journal: dict[tuple[bytes, bytes], Entry] = {}
        self.calls = Calls(self.own, self.journal)
        self.holding = Holding()
        self.revision = 0  # of the state that was saved or loaded last (N35)
        self.last_state: bytes | None = None

    # "What the app does".

    def add_prekey(self, prekey: Prekey) -> None:
        self.add_prekeys([prekey])

    def add_prekeys(self, prekeys: list[Prekey]) -> None:
        named = {(prekey.suite.byte, prekey.id): prekey for prekey in prekeys}
        require(len(self.prekeys.keys() | named.keys()) <= PREKEYS, "inbox_full")
        for name, prekey in named.items():
            self.prekeys.setdefault(name, prekey)

    def publish(self, prekeys: list[Prekey], now: int) -> list[bytes]:
        """Returns the bundles of a publication (N8)."""
        published = bundles.publish(self.device, prekeys, now, self.issued_at)
        self.add_prekeys(prekeys)
        self.issued_at = bundles.next_issued_at(now, self.issued_at)
        return published

    def trust(
        self,
        account: bytes,
        now: int,
        handle: Handle | None = None,
        name: str | None = None,
        statements: Sequence[bytes] = (),
    ) -> list[Event]:
        """Trusts an account (N1) and releases its held envelopes (N12). Returns their events."""
        keys.check_key(account)
        revocations = [Revocation.read(statement, account, now) for statement in statements]
        handle, name = names.pinned(handle, name)
        held = self.holding.of(account, UNTRUSTED)
        require(not held or self.has_room(account, now, len(held)), "inbox_full")
        self.records.require_room(account)
        self.records.require_room_for_names(account, Record(handle=handle, name=name))
        floors = self.records.floors_with(account, revocations)
        record = self.records.make(account)
        self.unblock(account, now)
        record.trusted, record.handle, record.name, record.floors = True, handle, name, floors
        events = []
        for one in held:
            self.holding.remove(one)
            try:
                outcome, _ = self.judge(one.frame, now)
                events.append(self.accept(one.frame, outcome, now))
            except Refusal as refusal:
                self.hold(one.frame, refusal.code, now)  # for the clock, or else it is gone
        return events

    def untrust(self, account: bytes) -> None:
        """Ends the trust in an account (N2)."""
        record = self.records.find(account)
        if record.trusted:
            record.end_trust()
            self.calls.forget_account(account)
            self.holding.discard(account, CLOCK)  # N13

    def block(self, account: bytes) -> None:
        """Blocks an account (N6)."""
        keys.check_key(account)
        if account == self.own:
            return
        self.records.make(account).blocked = True
        self.untrust(account)
        self.holding.discard(account)
        for name in [name for name in self.journal if name[0] == account]:
            del self.journal[name]

    def unblock(self, account: bytes, now: int) -> None:
        record = self.records.find(account)
        if record.blocked:
            record.blocked = False
            record.raise_replay_floor(now)

    def is_blocked(self, account: bytes) -> bool:
        return self.records.find(account).blocked

    def revoke(self, statement: bytes, now: int) -> bool:
        """Takes a revocation (N3). Returns whether its account has a record."""
        revocation = Revocation.read(statement, None, now)
        record = self.records.get(revocation.account)
        if record is None:
            return False
        record.floors = self.records.floors_with(revocation.account, [revocation])
        return True

    def join(self, caller: bytes, call_id: bytes, accounts: list[bytes], now: int) -> list[Event]:
        """Joins accounts to a call. Returns the events of their kept signals."""
        entries = self.calls.join(caller, call_id, accounts, now)
        return [self.add_to_journal(entry, now) for entry in entries]

    def acknowledge(self, account: bytes, message_id: bytes) -> bool:
        """Acknowledges an event (N26). Returns whether it was pending."""
        return self.journal.pop((account, message_id), None) is not None

    def pending(self, now: int) -> Iterator[Event]:
        """Lists the journal at `now` (N27, N28)."""
        for entry in self.journal.values():
            yield self.event(self.listed(entry, now), now)

    def listed(self, entry: Entry, now: int) -> Entry:
        if entry.action == "second":
            return entry.second(self.calls.is_second_of_leg(entry, entry.said["callId"]))
        if not entry.is_invitation:
            return entry
        call = self.calls.call(entry.caller, entry.said["callId"])
        # By this ring.
        phase = call.phase if call.rung == entry.sent_at else None
        return entry.invitation(now, phase == ANSWERED, phase == RINGING)

    def held(self) -> list[Held]:
        return list(self.holding.all.values())

    def held_accounts(self) -> list[HeldAccount]:
        return list(self.holding.accounts())

    def discard(self, account: bytes) -> int:
        """Discards the held envelopes of an account (N7). Returns how many there were."""
        return self.holding.discard(account)

    def release(self, now: int) -> list[Event]:
        """Releases what is held for the clock (N13). Returns the events."""
        events = []
        for held in self.holding.for_clock(times.later(now)):
            try:
                outcome, _ = self.judge(held.frame, now, was_held=True)
            except Refusal as refusal:
                if refusal.code != "inbox_full":
                    self.holding.remove(held)
                continue
            self.holding.remove(held)
            events.append(self.accept(held.frame, outcome, now))
        return events

    def prune(self, now: int) -> list[bytes]:
        """Prunes (N5, N34). Returns the ids of the deleted prekeys."""
        gone = [
            name
            for name, prekey in self.prekeys.items()
            if now >= min(times.in_ms(prekey.expires_at) + MONTH, times.LARGEST)
        ]
        for name in gone:
            del self.prekeys[name]
        oldest = times.earlier(now, MONTH)
        self.records.prune(oldest, now)
        self.calls.prune(oldest, now)
        self.holding.prune(oldest)
        waiting = {held.account for held in self.holding.all.values()}
        self.records.free(oldest, waiting | {account for account, _ in self.journal})
        return [prekey_id for _, prekey_id in gone]

    # "Order of the checks".

    def receive(self, envelope: bytes, now: int) -> Event:
        frame = open_frame(envelope, self.device, self.prekeys.values())
        try:
            outcome, _ = self.judge(frame, now)
        except Refusal as refusal:
            self.hold(frame, refusal.code, now)
            raise
        return self.accept(frame, outcome, now)

    def explain(self, envelope: bytes, now: int) -> Explanation:
        frame, age = None, None
        named = tag(envelope) if len(envelope) == LENGTH else None
        try:
            frame = open_frame(envelope, self.device, self.prekeys.values())
            age = now - frame.sent_at
            outcome, stopped_at = self.judge(frame, now)
        except Refusal as refusal:
            stopped_at = refusal.details["stoppedAt"]
            return Explanation(stopped_at, named, frame, age, refusal=refusal)
        action, reason = outcome.action, outcome.reason
        late = lifetime(outcome.said) if (action, reason) == ("missed", "expired") else None
        return Explanation(stopped_at, named, frame, age, action, reason, late)

    def judge(self, frame: Frame, now: int, was_held: bool = False) -> tuple[Outcome, str | None]:
        """Checks E26 to E33, and decides on the event. Returns the check at which it stops."""
        account = frame.certificate.account
        trusted = self.records.find(account).trusted
        with check("trust"):
            require(trusted or account == self.own, "untrusted", account=account)
        if self.is_duplicate(frame):
            return Outcome("drop", "duplicate"), "replay"
        self.check_replay_and_times(frame, now)
        with check("room"):
            require(self.has_room(account, now), "inbox_full")
        said = read_content(frame.stream)
        if frame.certificate.device == self.device.certificate.device:  # N14
            return Outcome("drop", "own"), None
        with check("trust"):  # N10
            allowed = trusted or content.is_heard_untrusted(said)
            require(allowed, "untrusted", account=account)
        with check("call"):
            return self.outcome(frame, said, now, was_held)._replace(said=said), None

    def is_duplicate(self, frame: Frame) -> bool:
        """Says whether the message id is a duplicate (N15)."""
        account, message_id = frame.certificate.account, frame.message_id
        is_known = message_id in self.records.find(account).ids
        is_kept = self.calls.is_kept(account, message_id)
        return is_known or is_kept or (account, message_id) in self.journal

    def check_replay_and_times(self, frame: Frame, now: int) -> None:
        """Checks N16, E28 and E29."""
        record = self.records.find(frame.certificate.account)
        with check("replay"):
            floor = record.replay_floor
            require(floor is None or frame.sent_at > floor, "replayed")
        check_times(frame, now, record.floors)

    def has_room(self, account: bytes, now: int, count: int = 1) -> bool:
        """Says whether there is room for `count` more events of `account` (E30)."""
        kept = [(kept.entry.account, kept.entry.message_id) for kept in self.calls.kept_at(now)]
        senders = [sender for sender, _ in [*self.journal, *kept]]
        in_all = len(senders) - senders.count(self.own)
        return senders.count(account) + count <= JOURNAL_EACH and (
            account == self.own or in_all + count <= JOURNAL
        )

    def hold(self, frame: Frame, code: str, now: int) -> None:
        """Holds a refused envelope, if it is to be held (N11, N13)."""
        if code == "clock" and frame.sent_at <= min(now + times.DAY, times.LARGEST):
            self.holding.hold(frame, CLOCK)
        if code != "untrusted" or self.is_blocked(frame.certificate.account):
            return
        if self.is_duplicate(frame):
            return
        try:
            self.check_replay_and_times(frame, now)
        except Refusal:
            return
        self.holding.hold(frame, UNTRUSTED)

    def outcome(self, frame: Frame, said: dict, now: int, was_held: bool) -> Outcome:
        """Decides on the event by the type of the content ("Events")."""
        kind = said["type"]
        if kind == "cover":
            return Outcome("drop", "cover")
        if not kind.startswith("call.") or "callId" not in said:
            return Outcome("notify")  # M10
        if kind == "call.invite":
            return tables.invited(self.calls, frame, said, now, was_held)
        if kind == "call.end":
            return tables.ended(self.calls, frame, said, self.device.certificate.device, now)
        return tables.signalled(self.calls, frame, said, now)

    def accept(self, frame: Frame, outcome: Outcome, now: int) -> Event:
        """Applies the changes of an envelope. A duplicate makes none."""
        entry = outcome.entry(frame, now)
        if self.is_duplicate(frame):
            return self.event(entry, now)
        if (entry.action, entry.reason) != ("drop", "cover"):
            self.records.keep(entry.account, entry.message_id, entry.sent_at)
        outcome.then(entry)
        event = self.add_to_journal(entry, now)
        if outcome.lets_follow:
            for kept in self.calls.follow(entry, now):
                self.add_to_journal(kept, now)
        return event

    def add_to_journal(self, entry: Entry, now: int) -> Event:
        """Adds an event to the journal, unless it is dropped (N26)."""
        if entry.action != "drop":
            self.journal[entry.account, entry.message_id] = entry
        return self.event(entry, now)

    def event(self, entry: Entry, now: int) -> Event:
        pinned = self.records.find(entry.account)
        crossed = None
        if entry.action == "ring" and "groupId" not in entry.said:
            call_id = entry.said["callId"]
            crossed = self.calls.crossed(entry.account, entry.device, call_id, now)
        return event_of(entry, now, pinned.handle, pinned.name, crossed)

    # "Saved state". It holds no private key: the app adds the prekeys again (N33).

    def save(self) -> bytes:
        """Saves, with a new revision if anything has changed (N35)."""
        state = saved.state_of(self)
        self.revision, self.last_state = self.revision_of(state), state
        return saved.save(self, self.revision, state)

    def peek(self) -> bytes:
        """Returns what `save` would return."""
        state = saved.state_of(self)
        return saved.save(self, self.revision_of(state), state)

    def revision_of(self, state: bytes) -> int:
        return self.revision + (state != self.last_state)

    @classmethod
    def load(cls, device: Device, data: bytes, at_least: int = 0) -> Self:
        revision, state = saved.read(device, data, at_least)
        inbox = cls(device)
        try:
            saved.restore(inbox, state)
        except Exception:  # it does not have the form that `save` writes
            raise Refusal("bad_state") from None
        inbox.revision, inbox.last_state = revision, saved.state_of(inbox)
        return inbox
