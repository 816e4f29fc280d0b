"""Fragments: what a character inherits, where it shows, and the editor of one."""
