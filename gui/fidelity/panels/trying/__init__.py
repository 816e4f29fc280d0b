"""A line that is tried on an audience before it is written in, and what readers say of a whole playtest."""
