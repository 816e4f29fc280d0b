"""Judges: who they are, how far they can be trusted, what they are asked, and whether people agree with them."""
