"""The checker while one writes: its process, the chip in the header, and the list of what it found."""
