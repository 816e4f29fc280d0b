"""The place where lorebooks are written and tried out."""
