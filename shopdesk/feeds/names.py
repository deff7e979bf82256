"""Names that others know imports by: their work in the background, and what to look at twice."""

from __future__ import annotations

APPLY_JOB, CHECK_JOB, UNDO_JOB = "feed_apply", "feed_check", "feed_undo"
PRICE_JUMP, LOST_BARCODE, CHANGED_MEANWHILE = 1, 2, 4
"""Bits of ``feed_changes.flags``."""
