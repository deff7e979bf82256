"""The people and places a shop deals with: customers, addresses, countries."""
