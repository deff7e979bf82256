"""Goods that come back: shares of what was sold, refunds to the tenders that paid."""
