"""Words about a customer inside a log that may not be rewritten: AES-256-GCM under a key made of the customer's salt."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_PURPOSE = b"shopdesk audit 1\x00"
_NONCE = 12


def seal(words: bytes, salt: str) -> str:
    """The words as base64 that only ``unseal`` with the same salt reads; two seals of the same words differ."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher(salt).encrypt(nonce, words, _PURPOSE)).decode()


def unseal(sealed: str, salt: str) -> bytes | None:
    """The words again, or None when the salt is another one or the text is damaged."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = base64.b64decode(sealed, validate=True)
        return bytes(_cipher(salt).decrypt(raw[:_NONCE], raw[_NONCE:], _PURPOSE))
    except (InvalidTag, ValueError):
        return None


def _cipher(salt: str) -> AESGCM:
    # Imported when first needed: the start of the till does without it.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hashlib.sha256(_PURPOSE + salt.encode()).digest())
