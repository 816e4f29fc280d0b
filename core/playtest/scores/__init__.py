"""The live scores of turns."""
