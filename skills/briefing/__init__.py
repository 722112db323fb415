"""The morning meeting as a card, a picture, a page (B14)."""
