"""What is wrong with the character that is open, found while it is written."""
