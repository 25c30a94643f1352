"""inbox.md, "Events" and "Journal": what the app gets."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import content
import keys
import names
import times
from envelope import Frame
from names import Handle
from refusal import Refusal

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
ENDED_BEFORE_ANSWER = 2


@dataclass
class Entry:
    """An event as it was accepted. Those in the journal also hold what has come since (N28)."""

    tag: str
    account: bytes
    device: bytes
    message_id: bytes
    sent_at: int
    action: str
    reason: str | None
    caller: bytes  # of the call that the event is about
    said: dict
    ended_reason: int | None = None
    remaining: int | None = None
    taken: bytes | None = None
    since: int | None = None  # of the leg of a `second`
    accepted_at: int = 0
    is_repeated: bool = False  # a later-dated ring of the call was accepted
    elsewhere: str | None = None  # the reason of an elsewhere time that includes the ring
    is_answered: bool = False  # the app has answered the ring
    is_left: bool = False  # the app has left the call while that was ringing; or a second's leg

    @property
    def is_invitation(self) -> bool:
        return self.action in ("ring", "missed")

    def is_of(self, caller: bytes, call_id: bytes) -> bool:
        return self.caller == caller and self.said.get("callId") == call_id

    @property
    def last_moment(self) -> int:
        """The last moment at which a ring rings."""
        begins = min(self.sent_at, self.accepted_at)
        return min(begins + patience(self.said), times.LARGEST)

    def second(self, has_leg: bool) -> "Entry":
        """Returns a `second` as it stands (N28). `has_leg`: its leg is there, as it began then."""
        return self if has_leg and not self.is_left else replace(self, action="drop", reason="over")

    def invitation(self, now: int, is_call_answered: bool, can_be_answered: bool) -> "Entry":
        """Returns an invitation as it stands at `now` (N28).

        `is_call_answered` says whether its call is answered then, and `can_be_answered` whether its
        call is ringing then, by this ring.
        """
        if self.is_repeated:
            return replace(self, action="drop", reason="repeated")
        if self.is_answered and is_call_answered:
            return replace(self, action="signal")
        if self.is_answered or self.is_left:
            return replace(self, action="drop", reason="over")
        if self.elsewhere is not None:
            return replace(self, action="drop", reason=self.elsewhere)
        if self.action == "missed":
            return self
        if not can_be_answered:
            return replace(self, action="missed", reason="ended")
        if now > self.last_moment:
            return replace(self, action="missed", reason="expired")
        return self


class Outcome(NamedTuple):
    """The event that an envelope would give.

    `then` makes the changes, and completes the entry of the event. `lets_follow` says that kept
    signals follow the event.
    """

    action: str
    reason: str | None = None
    caller: bytes = b""
    then: Callable[[Entry], None] = lambda entry: None
    lets_follow: bool = False
    said: dict | None = None

    def entry(self, frame: Frame, now: int) -> Entry:
        """Returns the event of an envelope that is accepted, before `then` completes it."""
        certificate = frame.certificate
        return Entry(
            frame.tag,
            certificate.account,
            certificate.device,
            frame.message_id,
            frame.sent_at,
            self.action,
            self.reason,
            self.caller,
            self.said or {},
            accepted_at=now,
        )


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
    crossed: str | None = None
    age: int | None = None
    ended_reason: int | None = None
    remaining: int | None = None
    taken: bytes | None = None
    known: bool | None = None
    said: dict | None = None


class Explanation(NamedTuple):
    """Explains where an envelope stops.

    `frame`, and with it the `age`, is set once the signature check has passed. Action and reason
    are set unless the envelope is refused.
    """

    stopped_at: str | None
    tag: str | None
    frame: Frame | None
    age: int | None  # negative for one that is dated ahead
    action: str | None = None
    reason: str | None = None
    lifetime: int | None = None  # in seconds, of an invitation that is `missed`, `expired`
    refusal: Refusal | None = None


def patience(invitation: dict) -> int:
    """Returns for how long an invitation rings, in ms."""
    return lifetime(invitation) * 1_000 + GRACE


def lifetime(invitation: dict) -> int:
    return invitation.get("lifetime", 60)  # M11


def is_late(invitation: dict, sent_at: int, now: int) -> bool:
    """Says whether an invitation comes too late to ring (A5)."""
    return now - sent_at > patience(invitation)


def event_of(
    entry: Entry, now: int, handle: Handle | None, name: str | None, crossed: bytes | None
) -> Event:
    """Makes the event that the app gets, with what is pinned for its sender."""
    event = Event(
        entry.action,
        entry.tag,
        entry.account,
        entry.device,
        handle,
        name,
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
    event.call_uuid = written(keys.callkit_uuid(entry.caller, entry.said["callId"]))
    event.ended_reason, event.remaining, event.taken = (
        entry.ended_reason,
        entry.remaining,
        entry.taken,
    )
    if entry.action == "missed":
        event.age = max(now - entry.sent_at, 0)
    if entry.is_invitation:
        event.claimed = names.claims(entry.said)
    if entry.action == "ring":
        event.crossed = None if crossed is None else written(crossed)
        event.expires_at = entry.last_moment
        event.call_kit = call_kit(event)
    return event


def call_kit(event: Event) -> dict[str, str | bool | int]:
    """Returns the dictionary of "Names"."""
    handle = event.handle or Handle("generic", keys.fingerprint(event.account))  # N24
    name = {} if event.name is None else {"callerName": event.name}
    return names.shortened(
        {
            "hushring": 1,
            "callUUID": event.call_uuid,
            "callId": written(event.said["callId"]),
            "account": event.account.hex(),
            "device": event.device.hex(),
            "messageId": event.message_id.hex(),
            "handleType": handle.type,
            "handle": handle.value,
        }
        | name
        | {
            "hasVideo": event.said["hasVideo"],
            "sentAt": event.sent_at,
            "expiresAt": event.expires_at,
        }
    )


def written(identifier: bytes) -> str:
    """Writes a CallKit UUID or a callId."""
    return str(uuid.UUID(bytes=identifier))
