"""The rows of a project: SQLModel tables, one file per aggregate. Knows nothing of the rest of the app."""
