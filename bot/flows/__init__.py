"""The flows: from what came in to what goes out, durably."""
