"""Lists of people and customers from CSV or Excel files. Every row that is not taken is named."""
