"""Purchasing on the glass."""
