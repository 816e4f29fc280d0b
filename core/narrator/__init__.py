"""Acts of characters and what comes of them: possible acts, judgement, the advance of a story. No rows."""
