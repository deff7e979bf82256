"""The same desk as the office's screens have."""

from tests.ui.screens.conftest import busy_shop, desk, house, memory

__all__ = ["busy_shop", "desk", "house", "memory"]
