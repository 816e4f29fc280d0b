"""The charts of the Stage, which grow with the turns."""
