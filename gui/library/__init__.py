"""The place that lists everything in the project."""
