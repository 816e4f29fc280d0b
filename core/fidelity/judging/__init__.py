"""Judges: asking weights or a server for a verdict, how far they can be trusted, and agreement with people."""
