"""relay.md: the relay's push, and the audit of pushes."""

import base64
import json
import re

from envelope import LENGTH
from refusal import Refusal, require

HEADERS = ["apns-push-type", "apns-priority", "apns-expiration", "apns-topic"]
DAY = 86_400
FRONT = '{"aps":{"alert":{"loc-key":'
MIDDLE = '},"mutable-content":1,"sound":"default"},"hushring":"'
BACK = '"}'
BASE64_LENGTH = LENGTH // 3 * 4
TOKEN = re.compile("([0-9a-f]{2})+")
TOPIC = re.compile(r"[!-)+-~]+")
OTHER_TYPE = re.compile(
    r"\.(voip|voip-ptt|push-to-talk|complication|location-query|(pushkit|push-type)\.[^.]+)\Z",
    re.IGNORECASE | re.ASCII,
)
EXPIRATION = re.compile("[1-9][0-9]*")


def push(envelope: bytes, token: str, topic: str, now: int, loc_key: str = "NEW_ACTIVITY") -> dict:
    expiration = (now // 1000 // DAY + 30) * DAY
    return request(envelope, token.lower(), topic, str(expiration), loc_key)


def request(envelope: bytes, token: str, topic: str, expiration: str, loc_key: str) -> dict:
    """Checks the arguments in the order of "Push", and makes the path, headers and body."""
    require(TOKEN.fullmatch(token) is not None, "bad_device_token")  # P6
    require(TOPIC.fullmatch(topic) is not None, "bad_topic")
    require(OTHER_TYPE.search(topic) is None, "bad_topic")
    try:
        require(1 <= len(loc_key.encode()) <= 64, "bad_loc_key")  # P7
    except UnicodeEncodeError:
        raise Refusal("bad_loc_key") from None
    front = FRONT + json.dumps(loc_key, ensure_ascii=False) + MIDDLE
    length = len(front.encode()) + BASE64_LENGTH + len(BACK)
    require(length <= 4096, "bad_loc_key")  # P10
    require(len(envelope) == LENGTH, "bad_length")  # P1
    return {
        "path": f"/3/device/{token}",
        "headers": dict(zip(HEADERS, ["alert", "10", expiration, topic], strict=True)),
        "body": front + base64.b64encode(envelope).decode() + BACK,
    }


def audit(requests: list[dict]) -> None:
    """Checks P11: one topic, one loc-key, one day or two that follow each other, no repetition."""
    seen = set()
    expirations = []
    bodies = set()
    for each in requests:
        topic, loc_key, expiration = read(each)
        seen.add((topic, loc_key))
        expirations.append(expiration)
        bodies.add(each["body"])  # With one loc-key, these are as many as the envelopes.
    require(len(bodies) == len(requests), "bad_push")
    require(len(seen) <= 1 and expirations == sorted(expirations), "bad_push")
    require(not expirations or expirations[-1] - expirations[0] <= DAY, "bad_push")


def read(sent: dict) -> tuple[str, str, int]:
    """Checks one request by making it again. Returns its topic, loc-key and expiration."""
    try:
        path, headers = sent["path"], sent["headers"]
        topic, expiration = headers["apns-topic"], headers["apns-expiration"]
        require(EXPIRATION.fullmatch(expiration) is not None, "bad_push")
        require(int(expiration) % DAY == 0, "bad_push")
        body = json.loads(sent["body"])
        loc_key = body["aps"]["alert"]["loc-key"]
        envelope = base64.b64decode(body["hushring"], validate=True)
        again = request(envelope, path.removeprefix("/3/device/"), topic, expiration, loc_key)
        require(again["path"] == path and again["body"] == sent["body"], "bad_push")
        require(list(again["headers"].items()) == list(headers.items()), "bad_push")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, Refusal):
        raise Refusal("bad_push") from None
    return topic, loc_key, int(expiration)
