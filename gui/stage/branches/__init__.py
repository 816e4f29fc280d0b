"""All branches of the open playtest."""
