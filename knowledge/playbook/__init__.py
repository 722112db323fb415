"""The playbook: talk-tracks and competitor cards, written as Markdown, kept in SQL, found by meaning."""
