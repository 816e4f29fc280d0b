"""The place that says what runs the characters, and changes it."""
