"""What several adapters need and no platform owns: pure functions, no platform's name."""
