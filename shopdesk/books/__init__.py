"""Proof that the figures are right: doctor, seed, demo shop."""
