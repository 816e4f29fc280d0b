"""From a persona to the prompt that the weights read."""
