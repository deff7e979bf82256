"""Ringing up: basket, checkout, payments, shifts, voids."""
