"""Drafting help for one character, always as proposals."""
