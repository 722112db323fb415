"""规则: what somebody wants to be told, said in a sentence (A7)."""
