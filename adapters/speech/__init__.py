"""Speech to text and who spoke when: faster-whisper in a process of its own. See README.md."""
