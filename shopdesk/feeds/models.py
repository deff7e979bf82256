"""Tables of feeds."""

from __future__ import annotations
