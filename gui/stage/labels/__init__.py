"""What a person says of turns and of their scores: good, off, and why."""
