"""Sources' fields to business fields: entities, definitions, values, suggestions, previews (B2, B3)."""
