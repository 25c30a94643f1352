"""inbox.md, "Untrusted senders": envelopes that wait for trust, or for the clock."""

from collections.abc import Iterator
from typing import NamedTuple

from envelope import Frame

HELD = 64
HELD_EACH = 8
# Why an envelope is held.
UNTRUSTED, CLOCK = "untrusted", "clock"


class Held(NamedTuple):
    frame: Frame
    reason: str

    @property
    def account(self) -> bytes:
        return self.frame.certificate.account


class HeldAccount(NamedTuple):
    account: bytes
    count: int
    earliest: int
    latest: int


class Holding:
    """All held envelopes, in the order in which they were held."""

    def __init__(self) -> None:
        self.all: dict[tuple[bytes, bytes], Held] = {}

    def hold(self, frame: Frame, reason: str) -> None:
        """Holds an envelope, unless it is held already (N11, N13)."""
        held = Held(frame, reason)
        if name(held) in self.all:
            return
        of_reason = [each for each in self.all.values() if each.reason == reason]
        of_account = [each for each in of_reason if each.account == held.account]
        if len(of_account) >= HELD_EACH:
            self.remove(of_account[0])
        elif len(of_reason) >= HELD:
            self.remove(of_reason[0])
        self.all[name(held)] = held

    def of(self, account: bytes, *reasons: str) -> list[Held]:
        return [
            held
            for held in self.all.values()
            if held.account == account and held.reason in (reasons or (UNTRUSTED, CLOCK))
        ]

    def for_clock(self, until: int) -> list[Held]:
        """Returns those held for the clock with a sent_at up to `until`."""
        return [
            held
            for held in self.all.values()
            if held.reason == CLOCK and held.frame.sent_at <= until
        ]

    def remove(self, held: Held) -> None:
        del self.all[name(held)]

    def discard(self, account: bytes, *reasons: str) -> int:
        """Discards what is held of an account. Returns how many there were."""
        gone = self.of(account, *reasons)
        for held in gone:
            self.remove(held)
        return len(gone)

    def prune(self, oldest: int) -> None:
        for held in [held for held in self.all.values() if held.frame.sent_at < oldest]:
            self.remove(held)

    def accounts(self) -> Iterator[HeldAccount]:
        for account in dict.fromkeys(held.account for held in self.all.values()):
            times = [held.frame.sent_at for held in self.of(account)]
            yield HeldAccount(account, len(times), min(times), max(times))


def name(held: Held) -> tuple[bytes, bytes]:
    return held.account, held.frame.message_id
