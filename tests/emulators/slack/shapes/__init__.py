"""What payloads may look like: explicit, so that whatever isn't named here is refused."""
