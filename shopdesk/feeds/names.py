"""The names under which imports are work in the background; light enough for the table of wiring."""

from __future__ import annotations

APPLY_JOB, CHECK_JOB, UNDO_JOB = "feed_apply", "feed_check", "feed_undo"
