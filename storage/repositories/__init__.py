"""Repositories: questions and changes in the words of the domain; frozen dataclasses out."""
