"""WeCom's chat archive (会话内容存档), pulled by WeCom's own library in a process of its own. See README.md."""
