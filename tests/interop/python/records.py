"""inbox.md, "State and bounds" and "Replay": what the inbox knows of an account."""

from dataclasses import dataclass, field

from keys import Floors, Revocation
from names import Handle
from refusal import require

RECORDS = 16_384
IDS = 512
DEVICE_FLOORS = 16


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

    def raise_replay_floor(self, sent_at: int) -> None:
        """Raises the replay floor, and never lowers it (N18)."""
        if self.replay_floor is None or sent_at > self.replay_floor:
            self.replay_floor = sent_at

    def keep(self, message_id: bytes, sent_at: int) -> None:
        """Keeps an id, and lets the oldest leave when there are too many (N17)."""
        self.ids[message_id] = sent_at
        if len(self.ids) > IDS:
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


class Records(dict[bytes, Record]):
    """The account records. The own account has one from the beginning."""

    def find(self, account: bytes) -> Record:
        """Returns the record of an account, or an empty one that is not kept."""
        return self.get(account, Record())

    def make(self, account: bytes) -> Record:
        """Returns the record of an account, and makes one if there is room."""
        if account not in self:
            require(len(self) < RECORDS, "inbox_full")
            self[account] = Record()
        return self[account]

    def revoke(self, revocation: Revocation) -> None:
        """Takes a revocation that was read (N3)."""
        floors = self.find(revocation.account).floors.with_revocation(revocation)
        require(len(floors.devices) <= DEVICE_FLOORS, "inbox_full")
        self.make(revocation.account).floors = floors
