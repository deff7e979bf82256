"""People who work here, what they may do, and the records that prove it."""
