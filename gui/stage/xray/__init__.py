"""The X-ray of one turn."""
