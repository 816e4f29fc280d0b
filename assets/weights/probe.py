"""Measures the house weights through llama.cpp and prints JSON lines: `python assets/weights/probe.py --weights …`.

Names, nouns and scenes here are ones that training never drew, and human dialogues are held-out ones.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assets.weights.llama_weights import Weights
from assets.weights.probes.facts import FactProbe
from assets.weights.probes.persona import PersonaProbe
from assets.weights.probes.scenes import SceneProbe
from assets.weights.probes.speaker import Row, Speaker, Values
from core.inference.weights.catalog import house_weights


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=house_weights())
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--size", type=float, default=1.0, help="1 asks 10 to 200 times per row")
    parser.add_argument("--only", nargs="*", help="names of probes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--temperature", type=float, default=0.6)
    arguments = parser.parse_args()
    sampling = {"temp": arguments.temperature, "min_p": 0.05, "top_p": 1.0, "top_k": 0, "repeat_penalty": 1.05}
    weights = Weights(arguments.weights, arguments.threads)
    speaker, persona = Speaker(weights, sampling), PersonaProbe(weights)
    facts, scenes = FactProbe(speaker, Values()), SceneProbe(speaker)
    authored = FactProbe(speaker, Values(authored=True))

    def sized(n: int) -> int:
        return max(2, round(n * arguments.size))

    probes: dict[str, Callable[[], Row | Iterator[Row]]] = {
        "recall": lambda: facts.recall(sized(10)),
        "contrast": lambda: facts.contrast(sized(100)),
        "claims": lambda: facts.claims(sized(102)),
        "free_recall": facts.free_recall,
        "turns": lambda: scenes.turns(sized(200)),
        "self_talk": lambda: scenes.self_talk(sized(30)),
        "grounding": lambda: persona.grounding(arguments.corpus, sized(100)),
        "ipip": lambda: persona.ipip(sized(10)),
        "sliders": lambda: persona.sliders(sized(10)),
        "authored_recall": lambda: authored.recall(sized(10)),
        "authored_contrast": lambda: authored.contrast(sized(100)),
        "authored_claims": lambda: authored.claims(sized(102)),
        "speed": lambda: measure_speed(weights),
    }
    print(
        json.dumps({"probe": "settings", "weights": arguments.weights.name, "threads": arguments.threads, **sampling})
    )
    for name in arguments.only or probes:
        found = probes[name]()
        for row in [found] if isinstance(found, dict) else found:
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
