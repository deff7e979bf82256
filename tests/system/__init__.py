"""Tests of people, access and records."""
