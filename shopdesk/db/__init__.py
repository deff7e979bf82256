"""The two doors to the database and the plumbing behind them."""
