"""Compares what llama.cpp computes with the network that was trained: `python assets/weights/compare_logits.py`.

Both have the same matrices, rounded to F16 by the file. llama.cpp also rounds to F16 whatever it multiplies with such a
matrix, and the keys and values that it keeps. So it is asked three times: with the file as it is, with keys and values
kept as F32, and with the same numbers as F32 too, where nothing more is rounded and only a mistake could differ.
Needs the `train` extra.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from assets.weights.drills import draw_drill
from assets.weights.earlier_network import read_network
from assets.weights.export import write_gguf
from assets.weights.llama_weights import Weights
from assets.weights.network import Network
from assets.weights.sample import render_messages
from assets.weights.teaching import draw_play
from assets.weights.vocabulary import read_vocabulary

CLOSE = 1e-2
_MAX_TOKENS = 600


def draw_prompts(weights: Weights, n: int) -> Iterator[list[int]]:
    """Draws prompts of the teaching set, half of them drills, as token ids."""
    rng = random.Random(5)
    for index in range(n):
        play = draw_play(rng) if index % 2 else draw_drill(rng)
        yield weights.tokens(render_messages(play, 0, thoughts=index % 3 == 0))[:_MAX_TOKENS]


def compare(weights: Weights, network: Network, prompts: Iterator[list[int]]) -> dict[str, float]:
    """Returns how far the logits are from each other, over all positions of all prompts."""
    largest, means, same, n_tokens, highest = [], [], 0, 0, 0.0
    for ids in prompts:
        theirs = weights.logits(ids)
        with torch.no_grad():
            ours = network(torch.tensor(ids)[None])[0].numpy()
        differences = np.abs(theirs - ours)
        largest.append(float(differences.max()))
        means.append(float(differences.mean()))
        same += int((theirs.argmax(1) == ours.argmax(1)).sum())
        n_tokens += len(ids)
        highest = max(highest, float(np.abs(ours).max()))
    return {
        "prompts": len(largest),
        "prompts_close": sum(one < CLOSE for one in largest),
        "mean": round(float(np.mean(means)), 6),
        "largest": round(max(largest), 5),
        "highest_logit": round(highest, 1),
        "same_token": round(same / n_tokens, 5),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--prompts", type=int, default=100)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    network = read_network(arguments.weights).eval()
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "f32.gguf")
        write_gguf(network, read_vocabulary(arguments.weights), plain, np.float32)
        for matrices, kept, path in (
            ("F16", "F16", arguments.weights),
            ("F16", "F32", arguments.weights),
            ("F32", "F32", plain),
        ):
            weights = Weights(path, threads=1, full_precision=kept == "F32")
            found = compare(weights, network, draw_prompts(weights, arguments.prompts))
            print(json.dumps({"matrices": matrices, "keys and values": kept, **found}), flush=True)


if __name__ == "__main__":
    main()
