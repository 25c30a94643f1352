"""envelope.md, "Linking": certifies a new device over a server that is not trusted."""

import hmac

import times
from keys import Certificate, Device, SigningKey, check_key, verify
from refusal import require


def mac(secret: bytes, label: str, *parts: bytes) -> bytes:
    return hmac.digest(secret, label.encode() + b"\0" + b"".join(parts), "sha256")


def check_secret(secret: bytes) -> None:
    require(len(secret) == 32, "bad_length")  # L1


def request(device: SigningKey, secret: bytes, now: int) -> bytes:
    check_secret(secret)
    fields = device.public + times.in_seconds(now).to_bytes(8)
    data = b"\x01" + fields + device.sign("hushring/1 link", fields)
    return data + mac(secret, "hushring/1 link request", data)


def read_request(data: bytes, secret: bytes) -> tuple[bytes, int]:
    """Checks L3 to L6. Returns the device's key and created_at."""
    check_secret(secret)
    require(len(data) == 137, "bad_length")
    require(data[0] == 1, "unsupported_version")
    expected = mac(secret, "hushring/1 link request", data[:105])
    require(hmac.compare_digest(expected, data[105:]), "bad_mac")
    device = check_key(data[1:33])
    verify(device, "hushring/1 link", data[1:41], data[41:105], "bad_signature")
    return device, int.from_bytes(data[33:41])


def certify(
    account: SigningKey,
    data: bytes,
    secret: bytes,
    now: int,
    expires_at: int,
    not_before: int | None = None,
    floor: int | None = None,
) -> bytes:
    """Checks L3 to L9. Returns the grant."""
    device, created_at = read_request(data, secret)
    created = times.in_ms(created_at)
    require(created <= times.later(now), "clock")  # L7
    require(created >= times.earlier(now, 30 * times.DAY), "too_old")
    require(device != account.public, "bad_certificate")  # L8
    if not_before is None:  # T7
        not_before = max(times.in_seconds(now) - 86_400, floor or 0, 0)
    require(0 < expires_at - not_before <= 366 * 86_400, "bad_lifetime")  # T3
    require(floor is None or not_before >= floor, "revoked")  # T7
    require(times.in_ms(expires_at) > now, "bad_lifetime")  # T8
    certificate = Certificate.issue(account, device, not_before, expires_at)
    grant = b"\x01" + certificate.data
    return grant + mac(secret, "hushring/1 link grant", grant, data)


def activate(
    key: SigningKey,
    before: Certificate | None,
    request: bytes,
    grant: bytes,
    secret: bytes,
    now: int,
) -> Device:
    """Reads the device's own request again (L3 to L6) and checks the grant (L10 to L16).

    `before` is the certificate that is renewed, if there is one.
    """
    own, _ = read_request(request, secret)
    require(own == key.public, "wrong_device")
    require(len(grant) == 177, "bad_length")
    require(grant[0] == 1, "unsupported_version")
    expected = mac(secret, "hushring/1 link grant", grant[:145], request)
    require(hmac.compare_digest(expected, grant[145:]), "bad_mac")
    certificate = Certificate.read(grant[1:145])
    require(certificate.device == key.public, "wrong_device")
    certificate.check_times(now)
    if before is not None:
        require(certificate.account == before.account, "wrong_account")
    return Device(key, certificate)
