"""Lorebooks: which entries fire for a turn and which do not, and why. Pure."""
