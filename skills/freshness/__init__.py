"""数据灯: which data is late, who answers for it, and the console pages of sources (B12)."""
