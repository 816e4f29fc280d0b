"""The story of a scene while it is played: world, hearing, goals, the narrator."""
