"""Who acts next, and why: a file for each policy."""
