"""Tokens in, tokens and log-probabilities out."""
