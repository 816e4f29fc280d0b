"""A user's own measures: written, tried on the open branch, kept."""
