"""Signals: what is worth noticing in recordings, chats, e-mails and in a deal's dates (`config/signals/`)."""
