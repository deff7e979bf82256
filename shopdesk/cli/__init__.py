"""The headless face: every use case without a window (spec/CLI.md)."""
