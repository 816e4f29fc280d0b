"""Measures that need log-probabilities of weights."""
