"""Tests of the dialogs and settings."""
