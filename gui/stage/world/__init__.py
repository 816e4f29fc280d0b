"""The world of the open playtest, live."""
