"""How likely a conversation is to go wrong: twelve features, one readable model, its reasons in words."""
