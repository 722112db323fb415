"""Any database: a draft registry of a schema never seen, and questions answered from it without a language model."""
