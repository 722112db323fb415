"""客户: which customers one has, how many, and whose they are."""
