"""话术: the talk-track that fits what a customer said."""
