"""What became of a character, a scenario or another entity: its moments, what differs between them, and ways back."""
