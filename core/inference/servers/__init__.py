"""Engines elsewhere: OpenAI-compatible servers."""
