"""The transcript of the Stage: a virtual list of turns, with all that is said on them."""
