"""Measures the house weights through llama.cpp and prints JSON lines: `python assets/weights/probe.py --weights …`.

Names and nouns here are ones that training never drew, human dialogues are held-out ones, and scenes are drawn anew by
the generator of the teaching set.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assets.weights.llama_weights import Weights
from assets.weights.probes.facts import FactProbe
from assets.weights.probes.persona import PersonaProbe
from assets.weights.probes.scenes import SceneProbe
from assets.weights.probes.speaker import SETTINGS, Row, Speaker, Values
from assets.weights.probes.speed import measure_speed
from core.inference.weights.catalog import house_weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=house_weights())
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--size", type=float, default=1.0, help="1 asks 10 to 200 times per row")
    parser.add_argument("--only", nargs="*", help="names of probes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--temperature", type=float, default=SETTINGS.temperature)
    arguments = parser.parse_args()
    settings = SETTINGS.model_copy(update={"temperature": arguments.temperature})
    weights = Weights(arguments.weights, arguments.threads)
    speaker, persona = Speaker(weights, settings), PersonaProbe(weights)
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
    sampling = {name: value for name, value in asdict(settings.sampling(0)).items() if name != "seed"}
    sampling |= {"max_tokens": settings.max_tokens, "redraws": settings.redraws}
    print(
        json.dumps({"probe": "settings", "weights": arguments.weights.name, "threads": arguments.threads, **sampling})
    )
    for name in arguments.only or probes:
        found = probes[name]()
        for row in [found] if isinstance(found, dict) else found:
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
