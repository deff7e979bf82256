"""Suppliers, purchase orders, goods received and sent back."""
