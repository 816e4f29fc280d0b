"""Hearing a character while it is being written: a talk, and a line that is spoken again as it changes."""
