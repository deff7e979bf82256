"""The demo shop's pictures: flat illustrations drawn by code, so that they need no files and no licence."""
