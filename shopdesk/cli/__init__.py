"""The headless face: every use case without a window (spec/CLI.md)."""

from shopdesk.cli.main import main

__all__ = ["main"]
