"""The screen that a clerk lives in: scan, sell, pay, and look after the drawer."""
