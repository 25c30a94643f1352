"""Plays vectors and scenes (vectors/README.md)."""

import base64
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import bundles
import content
import envelope
import hpke
import keys
import linking
import push
import times
from bundles import Bundle, Prekey
from keys import Certificate, Device, Floors, Revocation, SigningKey, Statements
from memory import LastPublished, Publication
from refusal import Refusal
from scenes import play_scene
from written import canonical, content_from_json, content_to_json, number


def play_all(folders: list[str]) -> bool:
    paths = [path for folder in folders for path in sorted(Path(folder).rglob("*.json"))]
    failed = 0
    for path in paths:
        read = json.loads(path.read_text())
        difference = play_scene(read) if "steps" in read else play(read)
        if difference:
            failed += 1
            print(f"{path}: {difference}"[:600])
    print(f"# pass {len(paths) - failed}\n# fail {failed}")
    return failed == 0 and len(paths) > 0


# Of a result, what a vector need not have. Then it is not compared.
OPTIONAL = {"revocations", "rejectedRevocations", "expired"}


def play(vector: dict) -> str | None:
    """Returns the difference from the expected result, or None."""
    if vector["kind"] not in KINDS:
        return f"unknown kind {vector['kind']}"
    expected = filled(vector["expect"])
    try:
        found = KINDS[vector["kind"]](vector)
    except Refusal as refusal:
        # A vector names those details of an error that are compared.
        named = {"error": refusal.code} | refusal.details
        named = {name: one.hex() if isinstance(one, bytes) else one for name, one in named.items()}
        found = {name: named.get(name) for name in {"error", *expected}}
    except Exception as error:  # a reader that stops has failed
        return f"stopped by {error!r}"
    found = {name: one for name, one in found.items() if name in expected or name not in OPTIONAL}
    if canonical(found) != canonical(expected):
        return f"expected {canonical(expected)}, found {canonical(found)}"
    return None


def filled(expected: dict) -> dict:
    """Returns what is expected, with the entries of a `fill` among the others."""
    if "lastPublished" in expected:
        return expected | {"lastPublished": filled(expected["lastPublished"])}
    if "entries" in expected:
        return last_published_json(last_published_of(expected))
    return expected


def public_key(vector: dict) -> dict:
    key = bytes.fromhex(vector["publicKey"])
    return {"fingerprint": keys.fingerprint(keys.check_key(key))}


def account(vector: dict) -> dict:
    return {"publicKey": SigningKey(bytes.fromhex(vector["export"])).public.hex()}


def device(vector: dict) -> dict:
    found = Device.read(bytes.fromhex(vector["export"]))
    return {"publicKey": found.key.public.hex(), "account": found.certificate.account.hex()}


def prekey(vector: dict) -> dict:
    found = Prekey.read(bytes.fromhex(vector["export"]))
    expires_at = number(found.expires_at)
    return {"suite": found.suite.name, "id": found.id.hex(), "expiresAt": expires_at}


def call_kit(vector: dict) -> dict:
    caller = keys.check_key(bytes.fromhex(vector["account"]))
    found = keys.callkit_uuid(caller, content.call_id_of(vector["callId"]))
    return {"uuid": str(uuid.UUID(bytes=found))}


def certificate(vector: dict) -> dict:
    found = Certificate.read_alone(bytes.fromhex(vector["certificate"]))
    return {
        "account": found.account.hex(),
        "device": found.device.hex(),
        "notBefore": number(found.not_before),
        "expiresAt": number(found.expires_at),
    }


def floors_of(vector: dict) -> Floors:
    account, now = bytes.fromhex(vector["account"]), integer(vector["now"])
    floors = Floors()
    for statement in vector.get("revocations", []):
        floors = floors.with_revocation(Revocation.read(bytes.fromhex(statement), account, now))
    return floors


def last_published_of(json: dict) -> LastPublished:
    found = LastPublished(integer(json.get("floor", 0)))
    for one in json.get("entries", []):
        hashes = {suite_of(of["suite"]): bytes.fromhex(of["hash"]) for of in one["bundles"]}
        publication = Publication(integer(one["issuedAt"]), one["offers"], hashes)
        found.devices[bytes.fromhex(one["device"])] = publication
    if "fill" in json:
        fill = json["fill"]
        for i in range(fill["first"], fill["first"] + fill["count"]):
            device = bytes.fromhex(fill["devices"]) + i.to_bytes(4)
            found.devices[device] = Publication(fill["issuedAt"] + i, 1, {1: bytes(32)})
    return found


def suite_of(name: str) -> int:
    (byte,) = (suite.byte for suite in hpke.SUITES.values() if suite.name == name)
    return byte


def last_published_json(stored: LastPublished) -> dict:
    """Writes what an account last published. A floor of 0 is left out."""
    entries = [
        {
            "device": device.hex(),
            "issuedAt": number(last.issued_at),
            "offers": last.offers,
            "bundles": [
                {"suite": hpke.SUITES[suite].name, "hash": last.hashes[suite].hex()}
                for suite in sorted(last.hashes)
            ],
        }
        for device, last in sorted(stored.devices.items())
    ]
    floor = {"floor": number(stored.floor)} if stored.floor else {}
    return floor | {"entries": entries}


def bundle(vector: dict) -> dict:
    found = Bundle.read(bytes.fromhex(vector["bundle"]), bytes.fromhex(vector["account"]))
    found.check(integer(vector["now"]), floors_of(vector))
    last_published_of(vector.get("lastPublished", {})).check(found)
    return {
        "device": found.certificate.device.hex(),
        "suite": found.suite.name,
        "offers": [suite.name for suite in found.offered],
        "prekeyId": bundles.prekey_id(found.key).hex(),
        "issuedAt": number(found.issued_at),
        "expiresAt": number(found.expires_at),
    }


def several_bundles(vector: dict) -> dict:
    account, now = bytes.fromhex(vector["account"]), integer(vector["now"])
    given = [bytes.fromhex(statement) for statement in vector.get("revocations", [])]
    statements = Statements.read(given, account, now)
    stored = last_published_of(vector.get("lastPublished", {}))
    listed = [bytes.fromhex(data) for data in vector["bundles"]]
    accepted, rejected = bundles.verify_all(listed, account, now, statements.floors(), stored)
    choose_at = integer(vector.get("chooseAt", vector["now"]))
    targets, downgraded, expired = bundles.choose(accepted, choose_at)
    return {
        "accepted": list(accepted),
        "rejected": rejected_json(rejected),
        "lastPublished": last_published_json(stored),
        "targets": targets,
        "downgraded": downgraded,
        "expired": expired,
        "revocations": [statement.data.hex() for statement in statements.that_count()],
        "rejectedRevocations": rejected_json(statements.rejected),
    }


def rejected_json(codes: dict[int, str]) -> list[dict]:
    return [{"index": place, "error": codes[place]} for place in sorted(codes)]


def last_published(vector: dict) -> dict:
    account = bytes.fromhex(vector["account"])
    if "lastPublished" in vector:
        packed = last_published_of(vector["lastPublished"]).pack(account)
    else:
        packed = bytes.fromhex(vector["packed"])
    found = LastPublished.unpack(packed, account)
    if found.pack(account) != packed:
        raise ValueError("packed otherwise")
    return last_published_json(found)


def publish(vector: dict) -> dict:
    own = Device.read(bytes.fromhex(vector["device"]))
    prekeys = [Prekey.read(bytes.fromhex(export)) for export in vector["prekeys"]]
    last = integer(vector["last"]) if "last" in vector else None
    found = bundles.publish(own, prekeys, integer(vector["now"]), last)
    return {"bundles": [data.hex() for data in found]}


def request(vector: dict) -> dict:
    key = SigningKey(bytes.fromhex(vector["device"]))
    secret = bytes.fromhex(vector["secret"])
    return {"request": linking.request(key, secret, integer(vector["now"])).hex()}


def certify(vector: dict) -> dict:
    given = {name: integer(vector[key]) for key, name in TIMES.items() if key in vector}
    grant = linking.certify(
        SigningKey(bytes.fromhex(vector["account"])),
        bytes.fromhex(vector["request"]),
        bytes.fromhex(vector["secret"]),
        **given,
    )
    return {"grant": grant.hex()}


TIMES = {
    "now": "now",
    "expiresAt": "expires_at",
    "notBefore": "not_before",
    "floor": "floor",
}


def activate(vector: dict) -> dict:
    export = bytes.fromhex(vector["device"])
    before = None if len(export) == 32 else Device.read(export)
    active = linking.activate(
        SigningKey(export) if before is None else before.key,
        before and before.certificate,
        bytes.fromhex(vector["request"]),
        bytes.fromhex(vector["grant"]),
        bytes.fromhex(vector["secret"]),
        integer(vector["now"]),
    )
    return {"device": active.export().hex()}


def revocation(vector: dict) -> dict:
    account = bytes.fromhex(vector["account"])
    found = Revocation.read(bytes.fromhex(vector["revocation"]), account, integer(vector["now"]))
    device = {"device": found.device.hex()} if found.device is not None else {}
    return {"floor": number(found.floor)} | device


def revoke(vector: dict) -> dict:
    own = SigningKey(bytes.fromhex(vector["account"]))
    device = bytes.fromhex(vector["device"]) if "device" in vector else None
    floor, now = integer(vector["floor"]), integer(vector["now"])
    return {"revocation": keys.revoke(own, device, floor, now).hex()}


def open_one(vector: dict) -> dict:
    data = base64.b64decode(vector["envelope"], validate=True)
    opened = envelope.open_envelope(
        data,
        Device.read(bytes.fromhex(vector["device"])),
        [Prekey.read(bytes.fromhex(export)) for export in vector["prekeys"]],
        [bytes.fromhex(key) for key in vector["trusted"]],
        integer(vector["now"]),
    )
    return {
        "envelopeTag": envelope.tag(data),
        "account": opened.certificate.account.hex(),
        "device": opened.certificate.device.hex(),
        "messageId": opened.message_id.hex(),
        "sentAt": number(opened.sent_at),
        "content": content_to_json(opened.content),
    }


def seal(vector: dict) -> dict:
    expected = vector["expect"]
    targets = [
        Bundle.read(bytes.fromhex(to["bundle"]), bytes.fromhex(to["account"]))
        for to in vector["to"]
    ]
    for target in targets:
        target.check(times.in_ms(target.issued_at), Floors())
    said = content_from_json(vector["content"])
    stream = bytes.fromhex(expected["stream"]) if "stream" in expected else None
    message_id = bytes.fromhex(vector["messageId"]) if "messageId" in vector else None
    random = bytes.fromhex(vector.get("random", ""))
    own = Device.read(bytes.fromhex(vector["device"]))
    now = integer(vector["now"])
    sealed = envelope.seal(own, targets, said, now, message_id, stream, random)
    return {
        "messageId": (message_id or random[:16]).hex(),
        # Compressors differ, so the vector's stream need only inflate to this encoding.
        "stream": stream.hex() if content.inflate(stream) == content.encode(said) else None,
        "envelopes": [
            base64.b64encode(as_far_as_given(target.suite, data, base64.b64decode(theirs))).decode()
            for target, data, theirs in zip(targets, sealed, expected["envelopes"], strict=True)
        ],
    }


def as_far_as_given(suite: hpke.Suite, own: bytes, theirs: bytes) -> bytes:
    """Replaces the bytes that depend on ML-KEM, which takes no given random bytes here.

    So suite 2 compares the header, the X25519 half of the encapsulated key, and the size.
    """
    if suite is hpke.X25519 or len(own) != len(theirs):
        return own
    at = 10 + suite.encapsulated
    return own[:10] + theirs[10 : at - 32] + own[at - 32 : at] + theirs[at:]


def make_push(vector: dict) -> dict:
    data = base64.b64decode(vector["envelope"], validate=True)
    more = {"loc_key": vector["locKey"]} if "locKey" in vector else {}
    now = integer(vector["now"])
    return push.push(data, vector["deviceToken"], vector["topic"], now, **more)


def audit(vector: dict) -> dict:
    push.audit(vector["requests"])
    return {}


def integer(value: int | str) -> int:
    return int(value)


KINDS: dict[str, Callable[[dict], dict]] = {
    "account": account,
    "activate": activate,
    "audit": audit,
    "bundle": bundle,
    "bundles": several_bundles,
    "callKit": call_kit,
    "certificate": certificate,
    "certify": certify,
    "device": device,
    "lastPublished": last_published,
    "open": open_one,
    "pendingDevice": account,
    "prekey": prekey,
    "publicKey": public_key,
    "publish": publish,
    "push": make_push,
    "request": request,
    "revocation": revocation,
    "revoke": revoke,
    "seal": seal,
}
