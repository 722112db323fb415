"""What a conversation leaves behind: who is who, what was promised for when, and its short version."""
