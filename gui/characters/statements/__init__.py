"""Statements: drafted from prose, and counted in playtests."""
