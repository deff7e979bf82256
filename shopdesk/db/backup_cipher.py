"""Encrypted files: AES-256-GCM in numbered chunks under a key that argon2id makes from a passphrase (S32).

A file is a magic word, a JSON header with its own checksum, and chunks whose nonce holds their number and whether they are
the last (the STREAM construction), so that no chunk can be moved, repeated or left out; the header is authenticated with
each chunk.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import unicodedata
from typing import Any, BinaryIO

from shopdesk.core.i18n import _

MAGIC = b"SDBKENC1"
CHUNK = 1 << 20
COST = {"memory_kib": 65536, "passes": 3, "lanes": 4}
"""RFC 9106's low-memory choice; kept in each file, so that it can rise."""

_TAG = 16
_LIMITS = {"memory_kib": 1 << 20, "passes": 20, "lanes": 16}  # a forged header must not eat the machine
_LONGEST_HEADER = 4096


class Unreadable(Exception):
    """The file cannot be decrypted; the text is the reason for a person."""


def is_sealed(source: BinaryIO) -> bool:
    """Whether an open file begins as an encrypted one; the position stays at its start."""
    found = source.read(len(MAGIC)) == MAGIC
    source.seek(0)
    return found


def seal(source: BinaryIO, sink: BinaryIO, passphrase: str) -> None:
    """Encrypt everything from ``source`` to ``sink``; memory stays flat."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, prefix = os.urandom(16), os.urandom(7)
    key, check = _keys(passphrase, salt, COST)
    header = json.dumps(
        {**COST, "salt": salt.hex(), "prefix": prefix.hex(), "check": check.hex(), "chunk": CHUNK}, sort_keys=True
    ).encode()
    sink.write(MAGIC + len(header).to_bytes(4, "big") + header + hashlib.sha256(header).digest())
    cipher, number = AESGCM(key), 0
    chunk = source.read(CHUNK)
    while True:
        following = source.read(CHUNK)
        sink.write(cipher.encrypt(_nonce(prefix, number, last=not following), chunk, header))
        if not following:
            return
        chunk, number = following, number + 1


def unseal(source: BinaryIO, sink: BinaryIO, passphrase: str) -> None:
    """Decrypt everything from ``source`` to ``sink``; raises Unreadable for a wrong passphrase, cut or changed bytes."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header = _header(source)
    values = _values(header)
    key, check = _keys(passphrase, values["salt"], values)
    if not hmac.compare_digest(check, values["check"]):
        raise Unreadable(_("the passphrase is wrong."))
    cipher, number, size = AESGCM(key), 0, values["chunk"] + _TAG
    chunk = source.read(size)
    while True:
        following = source.read(size)
        try:
            sink.write(cipher.decrypt(_nonce(values["prefix"], number, last=not following), chunk, header))
        except InvalidTag:
            raise Unreadable(_("it is cut off or damaged.")) from None
        if not following:
            return
        chunk, number = following, number + 1


def _header(source: BinaryIO) -> bytes:
    source.seek(len(MAGIC))
    length = int.from_bytes(source.read(4), "big")
    if length > _LONGEST_HEADER:
        raise Unreadable(_("its header is damaged."))
    header, digest = source.read(length), source.read(32)
    if hashlib.sha256(header).digest() != digest:
        raise Unreadable(_("its header is damaged."))
    return header


def _values(header: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(header)
        values: dict[str, Any] = {name: int(raw[name]) for name in (*_LIMITS, "chunk")}
        values |= {name: bytes.fromhex(raw[name]) for name in ("salt", "prefix", "check")}
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(_("its header is damaged.")) from error
    within = all(1 <= values[name] <= most for name, most in _LIMITS.items()) and 1 <= values["chunk"] <= 1 << 26
    if not within or len(values["prefix"]) != 7:
        raise Unreadable(_("its header is damaged."))
    return values


def _keys(passphrase: str, salt: bytes, cost: dict[str, Any]) -> tuple[bytes, bytes]:
    """The key, and a check value that tells a wrong passphrase from damaged bytes without giving the key away."""
    from argon2.low_level import Type, hash_secret_raw

    made = hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode(),
        salt,
        time_cost=cost["passes"],
        memory_cost=cost["memory_kib"],
        parallelism=cost["lanes"],
        hash_len=64,
        type=Type.ID,
    )
    return made[:32], hashlib.sha256(made[32:]).digest()


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
