"""Drafting with weights and rules: personas, statements and populations, always as proposals."""
