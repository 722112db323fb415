"""What the bot can do: each folder turns what happened into what to say."""
