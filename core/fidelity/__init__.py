"""Measures of how true a character stays, each with its evidence."""
