"""How a turn is written: the request, the weights that play a part, what a bounded thought is."""
