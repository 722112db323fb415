"""An OpenAI-compatible endpoint that misbehaves on demand and remembers what it was asked.

Written from OpenAI's API reference for `chat/completions` and the providers' differences (docs/language-model.md).
It says what a test tells it to say; nobody should take it for a model.
"""

from tests.emulators.llm.emulator import LlmEmulator
from tests.emulators.llm.faults import Fault
from tests.emulators.llm.ledger import Asked

__all__ = ["Asked", "Fault", "LlmEmulator"]
