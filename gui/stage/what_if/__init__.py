"""One thing changed, and played again from a turn on."""
