"""inbox.md, "State and bounds" and "Replay": what the inbox knows of accounts."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import times
from keys import Floors, Revocation
from names import Handle
from refusal import require

RECORDS = 4_096
PINNED = 262_144  # bytes
IDS = 512
IDS_IN_ALL = 32_768
DEVICE_FLOORS = 64
DEVICE_FLOORS_IN_ALL = 2_048
FLOORS_FOR = 397 * times.DAY


@dataclass
class Record:
    """An account record."""

    trusted: bool = False
    blocked: bool = False
    handle: Handle | None = None
    name: str | None = None
    floors: Floors = field(default_factory=Floors)
    replay_floor: int | None = None
    ids: dict[bytes, int] = field(default_factory=dict)

    @property
    def pinned(self) -> int:
        """The bytes that what is pinned takes."""
        texts = (self.handle and self.handle.value, self.name)
        return sum(len(text.encode()) for text in texts if text is not None)

    def raise_replay_floor(self, sent_at: int) -> None:
        """Raises the replay floor, and never lowers it (N18)."""
        if self.replay_floor is None or sent_at > self.replay_floor:
            self.replay_floor = sent_at

    def forget_oldest(self) -> None:
        """Lets the oldest id leave (N17)."""
        self.forget(min(self.ids, key=lambda each: (self.ids[each], each)))

    def forget(self, message_id: bytes) -> None:
        self.raise_replay_floor(self.ids.pop(message_id))

    def forget_before(self, oldest: int) -> None:
        for message_id in [each for each, sent_at in self.ids.items() if sent_at < oldest]:
            self.forget(message_id)

    def end_trust(self) -> None:
        for message_id in list(self.ids):
            self.forget(message_id)
        self.trusted, self.handle, self.name = False, None, None

    def is_needed(self, oldest: int) -> bool:
        """Says whether the record itself has something that must stay (N34)."""
        is_replayed = self.replay_floor is not None and self.replay_floor >= oldest
        is_revoked = self.floors.account > 0 or len(self.floors.devices) > 0
        return self.trusted or self.blocked or is_revoked or is_replayed


class Records(dict[bytes, Record]):
    """The account records. The own account has one from the beginning."""

    def __init__(self, own: bytes) -> None:
        super().__init__({own: Record()})
        self.own = own
        self.freed: int | None = None  # the highest replay floor of the freed ones (N34)

    def find(self, account: bytes) -> Record:
        """Returns the record of an account, or a new one that is not kept."""
        return self.get(account) or Record(replay_floor=self.freed)

    def make(self, account: bytes) -> Record:
        """Returns the record of an account, and makes one if there is room."""
        self.require_room(account)
        return self.setdefault(account, self.find(account))

    def require_room(self, account: bytes) -> None:
        require(account in self or len(self) < RECORDS, "inbox_full")

    def require_room_for_names(self, account: bytes, pinned: Record) -> None:
        others = sum(record.pinned for each, record in self.items() if each != account)
        require(others + pinned.pinned <= PINNED, "inbox_full")

    def keep(self, account: bytes, message_id: bytes, sent_at: int) -> None:
        """Keeps an id, and lets the oldest leave when there are too many (N17)."""
        record = self[account]
        record.ids[message_id] = sent_at
        if len(record.ids) > IDS:
            record.forget_oldest()
        if sum(len(each.ids) for each in self.values()) > IDS_IN_ALL:
            # Of several that have most, the one whose key is the smallest.
            most = min(self, key=lambda each: (-len(self[each].ids), each))
            self[most].forget_oldest()

    def floors_with(self, account: bytes, revocations: Iterable[Revocation]) -> Floors:
        """Returns the revocation floors of an account with those of statements (N3)."""
        floors = self.find(account).floors
        for revocation in revocations:
            floors = floors.with_revocation(revocation)
        others = sum(len(one.floors.devices) for each, one in self.items() if each != account)
        count = len(floors.devices)
        has_room = count <= DEVICE_FLOORS and others + count <= DEVICE_FLOORS_IN_ALL
        require(has_room, "inbox_full")
        return floors

    def prune(self, oldest: int, now: int) -> None:
        for record in self.values():
            record.forget_before(oldest)
            record.floors = record.floors.lasting(now, FLOORS_FOR)

    def free(self, oldest: int, needed: Container[bytes]) -> None:
        """Frees the records that nothing needs any more (N34)."""
        for account, record in list(self.items()):
            if account in needed or account == self.own or record.is_needed(oldest):
                continue
            del self[account]
            floors = [floor for floor in (self.freed, record.replay_floor) if floor is not None]
            self.freed = max(floors, default=None)
