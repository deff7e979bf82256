"""Goods on their way: parcels packed, sent, tracked, handed over."""
