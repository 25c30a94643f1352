"""envelope.md, "Suites and encryption": HPKE (RFC 9180) in Base mode with the two suites.

The HPKE of `cryptography` 50 takes no `aad`, which H3 needs. So this module builds the KEMs and the
key schedule from its primitives.
"""

import hashlib
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from refusal import Refusal, require

P = 2**255 - 19
LOW_ORDER = {bytes.fromhex(digits) for digits in """
    0000000000000000000000000000000000000000000000000000000000000000
    0100000000000000000000000000000000000000000000000000000000000000
    e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800
    5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157
    ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
    """.split()}


class Suite(NamedTuple):
    byte: int
    name: str
    kem: int
    aead: int
    cipher: type
    public_key: int
    encapsulated: int
    room: int

    @property
    def frame(self) -> int:
        return 234 + self.room


X25519 = Suite(1, "x25519", 0x0020, 3, ChaCha20Poly1305, 32, 32, 2_588)
XWING = Suite(2, "xwing", 0x647A, 2, AESGCM, 1_216, 1_120, 1_500)
SUITES = {suite.byte: suite for suite in (X25519, XWING)}


def check_x25519(key: bytes) -> None:
    """Checks K7, of the last 32 bytes."""
    key = key[-32:]
    require(int.from_bytes(key, "little") < P and key not in LOW_ORDER, "weak_key")


def check_public_key(suite: Suite, key: bytes) -> None:
    """Checks K7 and K8."""
    check_x25519(key)
    if suite is XWING:
        for at in range(0, 1152, 3):
            b0, b1, b2 = key[at : at + 3]
            require(b0 + 256 * (b1 % 16) < 3329 and b1 // 16 + 16 * b2 < 3329, "weak_key")


class PrivateKey:
    def __init__(self, suite: Suite, private_key: bytes) -> None:
        self.suite = suite
        if suite is X25519:
            self._x25519 = X25519PrivateKey.from_private_bytes(private_key)
            self.public = self._x25519.public_key().public_bytes_raw()
        else:
            expanded = hashlib.shake_256(private_key).digest(96)
            self._mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
            self._x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
            self.public = (
                self._mlkem.public_key().public_bytes_raw()
                + self._x25519.public_key().public_bytes_raw()
            )

    def decapsulate(self, encapsulated: bytes) -> bytes:
        ephemeral = encapsulated[-32:]
        dh = exchange(self._x25519, ephemeral)
        if self.suite is X25519:
            return extract_and_expand(dh, ephemeral + self.public)
        return combine(self._mlkem.decapsulate(encapsulated[:1088]), dh, ephemeral, self.public)

    def open(self, encapsulated: bytes, info: bytes, aad: bytes, sealed: bytes) -> bytes:
        """Decrypts (E21). Every failure has the same code."""
        try:
            check_x25519(encapsulated)  # H6
            cipher, nonce = key_schedule(self.suite, self.decapsulate(encapsulated), info)
            return cipher.decrypt(nonce, sealed, aad)
        except (Refusal, InvalidTag):
            raise Refusal("decryption_failed") from None


def encapsulate(suite: Suite, key: bytes, random: bytes) -> tuple[bytes, bytes]:
    """Returns the shared secret and the encapsulated key, from 32 or 64 random bytes.

    It ignores the first half of the 64: the ML-KEM of `cryptography` draws its own random bytes.
    """
    if suite is X25519:
        ephemeral = derive(random)
        encapsulated = ephemeral.public_key().public_bytes_raw()
        return extract_and_expand(exchange(ephemeral, key), encapsulated + key), encapsulated
    ephemeral = X25519PrivateKey.from_private_bytes(random[32:])
    public = ephemeral.public_key().public_bytes_raw()
    shared, ciphertext = MLKEM768PublicKey.from_public_bytes(key[:1184]).encapsulate()
    return combine(shared, exchange(ephemeral, key[1184:]), public, key), ciphertext + public


def seal(suite: Suite, shared: bytes, info: bytes, aad: bytes, plaintext: bytes) -> bytes:
    cipher, nonce = key_schedule(suite, shared, info)
    return cipher.encrypt(nonce, plaintext, aad)


def exchange(private: X25519PrivateKey, public: bytes) -> bytes:
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:  # H7
        raise Refusal("weak_key") from None


def combine(mlkem: bytes, x25519: bytes, ephemeral: bytes, key: bytes) -> bytes:
    label = bytes.fromhex("5c2e2f2f5e5c")
    return hashlib.sha3_256(mlkem + x25519 + ephemeral + key[-32:] + label).digest()


# RFC 9180, sections 4 and 5.1.


def labeled_extract(suite_id: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return HKDF.extract(hashes.SHA256(), salt, b"HPKE-v1" + suite_id + label + ikm)


def labeled_expand(suite_id: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    whole = length.to_bytes(2) + b"HPKE-v1" + suite_id + label + info
    return HKDFExpand(hashes.SHA256(), length, whole).derive(prk)


KEM_ID = b"KEM" + X25519.kem.to_bytes(2)


def extract_and_expand(dh: bytes, context: bytes) -> bytes:
    prk = labeled_extract(KEM_ID, b"", b"eae_prk", dh)
    return labeled_expand(KEM_ID, prk, b"shared_secret", context, 32)


def derive(ikm: bytes) -> X25519PrivateKey:
    prk = labeled_extract(KEM_ID, b"", b"dkp_prk", ikm)
    return X25519PrivateKey.from_private_bytes(labeled_expand(KEM_ID, prk, b"sk", b"", 32))


def key_schedule(suite: Suite, shared: bytes, info: bytes):
    suite_id = b"HPKE" + b"".join(number.to_bytes(2) for number in (suite.kem, 1, suite.aead))
    context = b"\0" + labeled_extract(suite_id, b"", b"psk_id_hash", b"")
    context += labeled_extract(suite_id, b"", b"info_hash", info)
    secret = labeled_extract(suite_id, shared, b"secret", b"")
    key = labeled_expand(suite_id, secret, b"key", context, 32)
    # The nonce of the only message, which has sequence number 0 (H5).
    nonce = labeled_expand(suite_id, secret, b"base_nonce", context, 12)
    return suite.cipher(key), nonce
