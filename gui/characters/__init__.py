"""The place where characters are written."""
