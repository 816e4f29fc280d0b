"""Writing many characters from a sentence."""
