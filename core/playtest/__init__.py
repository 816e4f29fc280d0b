"""One run of a scenario: the loop, the views, the tree of turns."""
