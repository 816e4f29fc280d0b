"""The Stage: a playtest as it is played, its transcript, its branches and its charts."""
