"""The place where scenarios are written and cast."""
