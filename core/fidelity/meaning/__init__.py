"""Measures that need embeddings: what texts mean, without weights of any chat."""
