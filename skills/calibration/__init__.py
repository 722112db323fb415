"""Three-way calibration: algorithm, sales and managers agree on how prompts are found (A12)."""
