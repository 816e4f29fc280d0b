"""Who acts next, and why: a file for each policy. Knows no rows, no views and no weights: what it asks comes back as
probabilities."""
