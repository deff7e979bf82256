"""What every area stands on: money, time, errors, words, permissions, paths; no Qt, no SQL."""
