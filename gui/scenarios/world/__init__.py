"""The world of a scenario: tables of what can change, and the matrix of who knows what."""
