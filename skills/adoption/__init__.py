"""How long new people take to their first won deal, with and without prompts (A19)."""
