"""Compares samplings, or quantisations of the matrices: `python assets/weights/compare_settings.py sampling`.

Prints JSON lines: facts stated when asked for, and how often scenes say again what they have said.
"""

import argparse
import ctypes
import json
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assets.weights.llama_weights import Weights
from assets.weights.probes.facts import FactProbe
from assets.weights.probes.scenes import SceneProbe, draw_scene
from assets.weights.probes.speaker import Row, Speaker, Values
from assets.weights.probes.speed import measure_speed
from core.inference.weights.catalog import house_weights
from core.playtest.sampler_settings import SamplerSettings
from core.playtest.settings import PlaySettings

SETTINGS = tuple(
    PlaySettings(temperature=temperature, redraws=redraws, sampler=SamplerSettings(repeat_penalty=penalty))
    for temperature in (0.7, 0.5, 0.3)
    for penalty, redraws in ((1.1, 2), (1.1, 0), (1.0, 2))
)
_NEARLY_GREEDY = PlaySettings(temperature=0.2, sampler=SamplerSettings(top_k=0, top_p=1.0, repeat_penalty=1.0))
_N_EACH, _N_SCENES, _N_TURNS = 3, 10, 14
_SHORT = 3
"""A turn of at most so many words may come twice."""


def compare_samplings(path: Path, threads: int) -> None:
    """Prints a row for each sampling."""
    weights = Weights(path, threads)
    for settings in SETTINGS:
        row = {"temperature": settings.temperature, "repeat_penalty": settings.sampler.repeat_penalty}
        speaker = Speaker(weights, settings)
        _print(row | {"redraws": settings.redraws} | count_facts(speaker) | count_repeats(speaker))


def compare_quantisations(path: Path, threads: int) -> None:
    """Prints a row for each quantisation of all matrices."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("as shipped", "Q8_0", "Q5_0", "Q4_0"):
            copy = path if kind == "as shipped" else quantise(path, kind, Path(folder, f"{kind}.gguf"))
            weights = Weights(copy, threads)
            row = {"matrices": kind, "megabytes": round(copy.stat().st_size / 1e6, 1)}
            _print(row | count_facts(Speaker(weights, _NEARLY_GREEDY)) | measure_speed(weights))


def quantise(path: Path, kind: str, out: Path) -> Path:
    """Writes a copy with all matrices quantised alike; returns where it is."""
    import llama_cpp

    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind}")
    options.pure = True
    if llama_cpp.llama_model_quantize(str(path).encode(), str(out).encode(), ctypes.byref(options)):
        raise ValueError(f"llama.cpp does not quantise {path.name} to {kind}")
    return out


def count_facts(speaker: Speaker) -> Row:
    """How many facts are stated when asked for."""
    rows = list(FactProbe(speaker, Values()).recall(_N_EACH, controls=False))
    return {"facts": sum(row["taught"] for row in rows), "asked": sum(row["n"] for row in rows)}


def count_repeats(speaker: Speaker) -> Row:
    """How many turns say again, word for word, what their scene has said, or a sentence of their own."""
    probe, counts = SceneProbe(speaker), Counter[str]()
    rng, _ = Values().begin("repeats")
    for index in range(_N_SCENES):
        texts = [line.text for line in probe.play_scene(draw_scene(rng), _N_TURNS, index)]
        long = [(place, text) for place, text in enumerate(texts) if len(text.split()) > _SHORT]
        counts.update(turns=len(texts) - 1, said_again=sum(text in texts[:place] for place, text in long))
        counts.update(said_twice_in_a_turn=sum(map(_repeats_a_sentence, texts)))
    return dict(counts)


def _repeats_a_sentence(text: str) -> bool:
    sentences = [one for one in re.split(r"(?<=[.?!])\s+", text) if len(one.split()) > _SHORT]
    return len(sentences) != len(set(sentences))


def _print(row: Row) -> None:
    print(json.dumps(row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sampling", "quantisation"))
    parser.add_argument("--weights", type=Path, default=house_weights())
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    compare = compare_samplings if arguments.what == "sampling" else compare_quantisations
    compare(arguments.weights, arguments.threads)


if __name__ == "__main__":
    main()
