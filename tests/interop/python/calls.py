"""inbox.md, "Calls": what the inbox remembers of calls, and the steps of the app.

tables.py has the tables, which decide by it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import keys
import times
from events import Entry
from refusal import require

CALLS = 64
CALLS_IN_ALL = 2_048
EARLY_ENDS = 64
PLACED = 64
LEGS_IN_ALL = 2_048
JOINED = 64
JOINED_IN_ALL = 2_048  # accounts
ACCOUNTS = 256
KEPT_OF_CALL = 4
KEPT_OF_ACCOUNT = 8
KEPT = 64
KEPT_FOR = 2 * times.MINUTE
CROSSES_FOR = 120_000

# The states of a leg, and the phases of a call. A call may have no phase.
OPEN, TAKEN, CLOSED = "open", "taken", "closed"
RINGING, MISSED, ANSWERED = "ringing", "missed", "answered"


@dataclass
class Leg:
    since: int
    state: str = OPEN
    by: bytes | None = None
    told: bool = False
    declined: bool = False


@dataclass
class Placed:
    at: int
    legs: dict[bytes, Leg] = field(default_factory=dict)


@dataclass
class Elsewhere:
    """Rings up to this time were answered or declined by a sibling."""

    time: int = 0
    reason: str | None = None

    def include(self, ring: int, reason: str) -> None:
        if ring >= self.time:
            self.time, self.reason = ring, reason


@dataclass
class Call:
    at: int
    rung: int = 0
    over: int = 0
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    phase: str | None = None
    rings_until: int = 0  # the last moment of the newest ring


@dataclass
class EarlyEnd:
    at: int
    elsewhere: Elsewhere = field(default_factory=Elsewhere)


@dataclass
class Joined:
    at: int
    accounts: list[bytes]


@dataclass
class Kept:
    """A kept signal (G10), as the event that it becomes."""

    at: int
    entry: Entry

    def is_of(self, account: bytes, call_id: bytes) -> bool:
        return self.entry.account == account and self.entry.said["callId"] == call_id

    def lasts(self, now: int) -> bool:
        return now <= self.at + KEPT_FOR


Name = tuple[bytes, bytes]  # the caller's account, and the callId


class Calls:
    def __init__(self, own: bytes, journal: dict[tuple[bytes, bytes], Entry]) -> None:
        self.own = own
        self.journal = journal
        self.recorded: dict[bytes, dict[bytes, Call]] = {}
        self.early_ends: dict[Name, EarlyEnd] = {}
        self.placed: dict[bytes, Placed] = {}
        self.joined: dict[Name, Joined] = {}
        self.kept: list[Kept] = []

    # "Steps of the app".

    def place(self, call_id: bytes, accounts: list[bytes], now: int) -> int:
        """Returns the time at which to seal the invitation."""
        check_keys(accounts)
        legs = self.legs(call_id)
        since = max([now, *(leg.since + 1 for leg in legs.values())])
        require(since <= times.later(now), "clock")
        require(len(legs.keys() | set(accounts)) <= ACCOUNTS, "inbox_full")
        placed = self.placed.setdefault(call_id, Placed(now))
        for account in accounts:
            placed.legs[account] = Leg(since)
        drop_others(self.placed, call_id, PLACED, lambda each: len(each.legs), LEGS_IN_ALL)
        self.lapse()
        return since

    def answered(self, caller: bytes, call_id: bytes, now: int) -> int:
        """Returns the ring to name in the answer."""
        keys.check_key(caller)
        require(not self.is_placed(caller, call_id), "call_over")
        call = self.call(caller, call_id)
        rings = call.phase == RINGING and now <= call.rings_until
        require(rings or call.phase == ANSWERED, "call_over")
        call.phase = ANSWERED
        for entry in self.rings(caller, call_id, call.rung):
            entry.is_answered = True
        return call.rung

    def left(self, caller: bytes, call_id: bytes, accounts: list[bytes] | None = None) -> None:
        """Leaves a placed call, or these accounts of it; or else a call of others."""
        check_keys([caller, *(accounts or [])])
        call = self.find(caller, call_id)
        if self.is_placed(caller, call_id):
            legs = self.legs(call_id)
            meant = legs if accounts is None else accounts
            left = [each for each in meant if each in legs and legs[each].state != CLOSED]
            for account in left:
                legs[account].state, legs[account].by = CLOSED, None
                legs[account].told = True
            for entry in self.journal.values():
                is_its = entry.account in left and self.is_second_of_leg(entry, call_id)
                entry.is_left |= is_its
        elif accounts is None and call is not None:
            for entry in self.invitations(caller, call_id):
                is_it = entry.action == "ring" and entry.sent_at == call.rung
                entry.is_left |= is_it and call.phase == RINGING
            call.phase = None
            call.over = max(call.over, call.rung)
        self.lapse()

    def join(self, caller: bytes, call_id: bytes, accounts: list[bytes], now: int) -> list[Entry]:
        """Returns the kept signals that follow."""
        check_keys([caller, *accounts])
        require(self.is_in(caller, call_id), "call_over")
        accounts = list(dict.fromkeys(accounts))
        require(len(accounts) <= ACCOUNTS, "inbox_full")
        self.joined.setdefault((caller, call_id), Joined(now, [])).accounts = accounts
        name = caller, call_id
        drop_others(self.joined, name, JOINED, lambda each: len(each.accounts), JOINED_IN_ALL)
        of_call = [kept for each in accounts for kept in self.kept_of(each, call_id)]
        return self.take_kept(of_call, caller, now)

    # What is recorded.

    def find(self, caller: bytes, call_id: bytes) -> Call | None:
        return self.recorded.get(caller, {}).get(call_id)

    def call(self, caller: bytes, call_id: bytes, at: int = 0) -> Call:
        """Returns a call as recorded, or as it would be."""
        found = self.find(caller, call_id)
        if found is None:
            early = self.early_ends.get((caller, call_id), EarlyEnd(at))
            found = Call(at, elsewhere=replace(early.elsewhere))
        return found

    def record(self, caller: bytes, call_id: bytes, now: int) -> Call:
        call = self.call(caller, call_id, now)
        if self.find(caller, call_id) is None:
            self.make_room(caller)
            self.recorded.setdefault(caller, {})[call_id] = call
            self.lapse()
        return call

    def make_room(self, caller: bytes) -> None:
        """Forgets a call before one of this caller is recorded, at either bound."""
        if len(self.recorded.get(caller, {})) >= CALLS:
            of = caller
        elif sum(map(len, self.recorded.values())) >= CALLS_IN_ALL:
            of = min(self.recorded, key=self.order_of_leaving)
        else:
            return
        del self.recorded[of][next(iter(self.recorded[of]))]
        self.drop_empty()

    def order_of_leaving(self, caller: bytes) -> tuple:
        """Ranks callers: the first is the one that has most."""
        calls = self.recorded[caller]
        return -len(calls), next(iter(calls.values())).at, caller

    def drop_empty(self) -> None:
        self.recorded = {caller: calls for caller, calls in self.recorded.items() if calls}

    def ring(self, ring: Entry, phase: str | None) -> None:
        """Records a ring of a call."""
        caller, call_id = ring.account, ring.said["callId"]
        call = self.record(caller, call_id, ring.accepted_at)
        call.rung, call.phase, call.rings_until = ring.sent_at, phase, ring.last_moment
        for entry in self.invitations(caller, call_id):
            entry.is_repeated |= entry.sent_at < ring.sent_at

    def end(self, caller: bytes, call_id: bytes, sent_at: int, now: int) -> None:
        """Ends what is dated up to an end of the caller, and records the call."""
        call = self.record(caller, call_id, now)
        if call.rung <= sent_at:
            call.phase = None
        call.over = max(call.over, sent_at)
        self.kept = [
            kept
            for kept in self.kept
            if not kept.is_of(caller, call_id) or kept.entry.sent_at > sent_at
        ]
        self.lapse()

    def end_elsewhere(
        self, caller: bytes, call_id: bytes, ring: int, reason: str, now: int
    ) -> None:
        """Raises the elsewhere time of a call, or else of its early end."""
        found = self.find(caller, call_id)
        if found is None:
            found = self.early_ends.setdefault((caller, call_id), EarlyEnd(now))
            drop_first(self.early_ends, EARLY_ENDS)
        elsewhere = found.elsewhere
        elsewhere.include(ring, reason)
        for entry in self.invitations(caller, call_id):
            if entry.sent_at <= elsewhere.time:
                entry.elsewhere = elsewhere.reason

    def invitations(self, caller: bytes, call_id: bytes) -> Iterator[Entry]:
        """Yields the invitations to a call that are in the journal."""
        for entry in self.journal.values():
            if entry.is_invitation and entry.is_of(caller, call_id):
                yield entry

    def rings(self, caller: bytes, call_id: bytes, time: int) -> Iterator[Entry]:
        """Yields the ring of this time, if it is in the journal."""
        for entry in self.invitations(caller, call_id):
            if entry.action == "ring" and entry.sent_at == time:
                yield entry

    def is_answered(self, caller: bytes, call_id: bytes) -> bool:
        return self.call(caller, call_id).phase == ANSWERED

    def is_second_of_leg(self, entry: Entry, call_id: bytes) -> bool:
        """Says whether a call has the leg of an event `second`, as it began then (N28)."""
        if entry.action != "second" or entry.said["callId"] != call_id:
            return False
        leg = self.legs(call_id).get(entry.account)
        return leg is not None and leg.since == entry.since

    # Legs.

    def legs(self, call_id: bytes) -> dict[bytes, Leg]:
        return self.placed[call_id].legs if call_id in self.placed else {}

    def remaining(self, call_id: bytes) -> int:
        legs = self.legs(call_id).values()
        return sum(leg.state == TAKEN or (leg.state == OPEN and not leg.declined) for leg in legs)

    def crossed(self, account: bytes, device: bytes, ring: bytes, now: int) -> bytes | None:
        """Returns the callId of one's own call that crosses a ring, the one placed last.

        `ring` is the ring's callId, which the app may have placed after the ring.
        """
        for call_id, placed in reversed(self.placed.items()):
            leg = placed.legs.get(account)
            if leg is None or call_id == ring:
                continue
            is_waiting = leg.state == OPEN and not leg.declined and len(placed.legs) == 1
            if is_waiting and leg.since >= times.earlier(now, CROSSES_FOR):
                return call_id
            if leg.state == TAKEN and leg.by == device:
                return call_id
        return None

    # Joined calls.

    def is_placed(self, caller: bytes, call_id: bytes) -> bool:
        """Says whether a step is about a placed call, whatever a sibling has called so."""
        return caller == self.own and call_id in self.placed

    def is_in(self, caller: bytes, call_id: bytes) -> bool:
        """Says whether a call is answered here, or placed here with a leg that is not closed."""
        if self.is_placed(caller, call_id):
            return any(leg.state != CLOSED for leg in self.legs(call_id).values())
        return self.is_answered(caller, call_id)

    def joined_to(self, account: bytes, call_id: bytes) -> list[bytes]:
        """Returns the callers of the joined calls with this callId that an account is joined to."""
        return [
            caller
            for (caller, of), joined in self.joined.items()
            if of == call_id and account in joined.accounts
        ]

    def lapse(self) -> None:
        for name in [name for name in self.joined if not self.is_in(*name)]:
            del self.joined[name]

    # Kept signals.

    def kept_of(self, account: bytes, call_id: bytes) -> list[Kept]:
        return [kept for kept in self.kept if kept.is_of(account, call_id)]

    def is_kept(self, account: bytes, message_id: bytes) -> bool:
        """Says whether there is a kept signal of this name, also one that has had its time."""
        names = [(kept.entry.account, kept.entry.message_id) for kept in self.kept]
        return (account, message_id) in names

    def kept_at(self, now: int) -> list[Kept]:
        return [kept for kept in self.kept if kept.lasts(now)]

    def keep(self, entry: Entry, now: int) -> None:
        self.kept = self.kept_at(now)
        of_call = self.kept_of(entry.account, entry.said["callId"])
        of_account = [kept for kept in self.kept if kept.entry.account == entry.account]
        for some, most in (
            (of_call, KEPT_OF_CALL),
            (of_account, KEPT_OF_ACCOUNT),
            (self.kept, KEPT),
        ):
            if len(some) >= most:
                self.kept.remove(some[0])
                break
        self.kept.append(Kept(now, replace(entry, action="signal", reason=None)))

    def take_kept(self, some: list[Kept], caller: bytes, now: int) -> list[Entry]:
        """Takes kept signals out. Returns them as events of the call, as far as they last."""
        taken = [kept for kept in self.kept if kept in some]
        self.kept = [kept for kept in self.kept if kept not in some]
        return [replace(kept.entry, caller=caller) for kept in taken if kept.lasts(now)]

    def follow(self, entry: Entry, now: int) -> list[Entry]:
        """Returns the kept signals that follow an invitation. The others of its call leave."""
        of_call = self.kept_of(entry.caller, entry.said["callId"])
        following = self.take_kept(of_call, entry.caller, now)
        return [kept for kept in following if kept.sent_at >= entry.sent_at]

    # Forgetting.

    def forget_account(self, account: bytes) -> None:
        """Forgets the calls of an account, and its kept signals."""
        self.recorded.pop(account, None)
        self.kept = [kept for kept in self.kept if kept.entry.account != account]
        self.lapse()

    def prune(self, oldest: int, now: int) -> None:
        for call_id in [call_id for call_id, call in self.placed.items() if call.at < oldest]:
            del self.placed[call_id]
        for items in [*self.recorded.values(), self.early_ends, self.joined]:
            for name in [name for name, item in items.items() if item.at < oldest]:
                del items[name]
        self.drop_empty()
        self.kept = self.kept_at(now)
        self.lapse()


def check_keys(accounts: list[bytes]) -> None:
    for account in accounts:
        keys.check_key(account)


def drop_first(items: dict, most: int) -> None:
    """Forgets the items that were recorded first, until at most `most` are left."""
    for name in list(items)[: max(len(items) - most, 0)]:
        del items[name]


def drop_others(
    items: dict, kept: object, most: int, count: Callable[[Any], int], in_all: int
) -> None:
    """Forgets the items that were recorded first, but not `kept`, until the others have room.

    There is room for `most` items, and for `in_all` of what `count` counts in each.
    """
    for name in [name for name in items if name != kept]:
        if len(items) <= most and sum(map(count, items.values())) <= in_all:
            return
        del items[name]
