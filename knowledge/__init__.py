"""What the company knows: retrieval, playbook, metrics, journeys."""
