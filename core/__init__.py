"""Everything Tableread does, without a window."""
