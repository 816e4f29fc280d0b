"""The commands of `tableread`, one file each. They print; what they do is done elsewhere."""
