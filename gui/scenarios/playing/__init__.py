"""The tab that says how a scenario is played: whose turn it is, minds, memory, hearing, the narrator, endings."""
