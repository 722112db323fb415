"""提示: what is worth telling a rep now, and what had better wait."""
