"""What the emulators share: the clock, the record of raw requests, the ledger, what goes astray."""
