"""spec/relay.md: the relay's push, and an audit of pushes."""

import base64
import json

from envelope import LENGTH
from refusal import Refusal, require

HEADERS = ["apns-push-type", "apns-priority", "apns-expiration", "apns-topic"]
DAY = 86_400
FRONT = '{"aps":{"alert":{"loc-key":'
MIDDLE = '},"mutable-content":1,"sound":"default"},"hushring":"'


def push(envelope: bytes, token: str, topic: str, now: int, loc_key: str = "NEW_ACTIVITY") -> dict:
    require(len(envelope) == LENGTH, "bad_length")  # P1
    require(is_token(token.lower()), "bad_device_token")  # P6
    require(is_topic(topic), "bad_topic")
    try:
        require(1 <= len(loc_key.encode()) <= 64, "bad_loc_key")  # P7
    except UnicodeEncodeError:
        require(False, "bad_loc_key")
    body = FRONT + json.dumps(loc_key, ensure_ascii=False) + MIDDLE
    body += base64.b64encode(envelope).decode() + '"}'
    require(len(body.encode()) <= 4096, "bad_loc_key")  # P10
    expiration = (now // 1000 // DAY + 30) * DAY
    values = ["alert", "10", str(expiration), topic]
    headers = dict(zip(HEADERS, values, strict=True))
    return {"path": f"/3/device/{token.lower()}", "headers": headers, "body": body}


def is_token(token: str) -> bool:
    return (
        len(token) > 0
        and len(token) % 2 == 0
        and all(digit in "0123456789abcdef" for digit in token)
    )


def is_topic(topic: str) -> bool:
    return len(topic) > 0 and all("!" <= character <= "~" for character in topic)


def audit(requests: list[dict]) -> None:
    """P11. What was sent is what `push` makes, of one topic and one loc-key, in one day or in two."""
    seen = set()
    days = []
    for request in requests:
        topic, loc_key, day = read(request)
        seen.add((topic, loc_key))
        days.append(day)
    require(len(seen) <= 1 and days == sorted(days), "bad_push")
    require(not days or days[-1] - days[0] <= 1, "bad_push")


def read(request: dict) -> tuple[str, str, int]:
    """Finds out what a push was made of, and makes it again."""
    try:
        topic = request["headers"]["apns-topic"]
        day = int(request["headers"]["apns-expiration"]) // DAY - 30
        body = json.loads(request["body"])
        loc_key = body["aps"]["alert"]["loc-key"]
        envelope = base64.b64decode(body["hushring"], validate=True)
        token = request["path"].removeprefix("/3/device/")
        again = push(envelope, token, topic, day * DAY * 1000, loc_key)
        same = again == request and list(again["headers"]) == list(request["headers"])
    except (ValueError, LookupError, TypeError, AttributeError, Refusal):
        same = False
    require(same and day >= 0, "bad_push")
    return topic, loc_key, day
