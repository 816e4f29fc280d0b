"""What can be said of turns that were played: X-ray, replay, what if, two branches side by side."""
