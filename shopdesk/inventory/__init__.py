"""What lies where: warehouses, stock levels, and the ledger behind them."""
