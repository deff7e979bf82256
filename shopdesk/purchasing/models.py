"""Tables of purchasing."""

from __future__ import annotations
