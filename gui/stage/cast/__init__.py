"""The cast at the left of the Stage: who is here, who is next, how balanced the talk is."""
