"""Two characters side by side."""
