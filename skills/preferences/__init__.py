"""设置: what a person chose, such as the language."""
