"""Tests of the office's screens."""
