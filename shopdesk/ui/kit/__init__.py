"""The building blocks of every screen; knows no area of the shop."""
