"""Tests of the two doors, of the schema's guards and of backups."""
