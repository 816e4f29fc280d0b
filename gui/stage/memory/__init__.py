"""The room of memory: what a character remembers at the end of the branch, and what came back to it and why."""
