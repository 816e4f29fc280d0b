"""The layers of a persona as sections of the form, and the fields that only they have."""
