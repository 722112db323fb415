"""WeCom's common part: signatures and encryption, cutting by bytes, its Markdown, template cards."""
