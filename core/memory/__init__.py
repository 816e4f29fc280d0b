"""What a character remembers, and which of it comes back at a moment. Pure: no rows, no weights."""
