"""What happened to work in the background, for the areas above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobDone:
    """A job ended well; ``result`` is what its runner returned, ``user_id`` the person who asked for it."""

    job_id: int
    kind: str
    title: str
    result: Mapping[str, object]
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job was given up after its last attempt; ``error`` is the sentence that says why."""

    job_id: int
    kind: str
    title: str
    error: str
    user_id: int | None = None
