"""The loop in the worker: requests at work, batches, lanes."""
