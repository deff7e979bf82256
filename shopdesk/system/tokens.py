"""Tokens: 256 random bits shown once to their owner, of which the database keeps the SHA-256 (S11)."""

from __future__ import annotations

import hashlib
import secrets

SESSION = "sds_"
REFRESH = "sdr_"
DEVICE = "sdd_"
API_KEY = "sdk_"
"""What a token begins with says what it is for; the log knows these words and blanks what follows."""


def new_token(kind: str) -> str:
    """A fresh token of a kind."""
    return kind + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token: 64 hex digits. Fast on purpose: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
