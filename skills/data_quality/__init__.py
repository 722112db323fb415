"""数据质量: gates with the rows behind them, and customers that may be one (B13)."""
