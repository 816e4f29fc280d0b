"""Measures that need nothing but the words."""
