"""The whole bot, played by signed callbacks and browsers."""
