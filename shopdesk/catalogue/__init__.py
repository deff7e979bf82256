"""What the shop sells: products, variants, barcodes, prices, tax classes."""
