"""The rows of a project: SQLModel tables, one file per aggregate. Knows neither Qt nor llama.cpp nor the rest of the app."""
