"""能力诊断: help, offered where important prompts stayed without an answer (A13). Nobody is measured."""
