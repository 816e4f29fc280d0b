"""Metrics that a judge says: each file has its question in words, the version of that question, and the arithmetic."""
