"""Tests of the paper: what stands on it, which bytes make it, how printers fail."""
