"""The graph of beats: a canvas on which it is drawn and arranged, and the fields of what is selected."""
