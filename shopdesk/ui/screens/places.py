"""The table of places in the navigation; each imports its screen only when it is first opened, in a thread."""

from __future__ import annotations
