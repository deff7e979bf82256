"""Paper: documents go in, bytes for printers and files come out; no database session is ever opened here."""
