"""How fast llama.cpp reads and writes with the weights, on this machine and now."""

import time

from assets.weights.llama_weights import Weights
from assets.weights.probes.speaker import Row


def measure_speed(weights: Weights) -> Row:
    """Tokens per second: reading a prompt of 1,000 tokens, then writing 200."""
    llama = weights.llama
    prompt = weights.tokens_of("The keeper looks at the water and waits for the boat. " * 120)[:1000]
    llama.reset()
    began = time.perf_counter()
    llama.eval(prompt)
    read_s = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(200):
        llama.eval([llama.sample(temp=0.7)])
    write_s = time.perf_counter() - began
    return {"probe": "speed", "read_tokens_per_s": round(1000 / read_s), "write_tokens_per_s": round(200 / write_s)}
