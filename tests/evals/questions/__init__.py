"""Questions people type, with the plans they mean (B9): open ones to build with, held-out ones to measure by."""
