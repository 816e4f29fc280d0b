"""The room of the mind: what goes on in one member of the cast, and why."""
