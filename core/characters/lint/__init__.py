"""What is wrong with a persona, found by rules: each small, pure, and quick enough to run while one types."""
