"""Notifications, wish lists and favourites."""
