"""Who directs a playtest and what is played next: acts, holds, whose turn, consequences, endings."""
