"""Business events over HTTP: CloudEvents in and out, signed as Standard Webhooks say."""
