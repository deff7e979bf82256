"""Tables of marketing."""

from __future__ import annotations
