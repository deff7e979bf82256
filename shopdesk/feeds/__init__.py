"""Files in and out: reading, mapping, comparing, applying, undoing."""
