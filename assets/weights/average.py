"""Writes the mean of two versions of the house weights: `python average.py ONE.gguf OTHER.gguf --out FILE`.

Versions of which one was trained on from the other lie close together, and their mean may have what each is better at.
Source: Wortsman et al. (2022), "Model soups", arXiv 2203.05482. Needs the `train` extra.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from assets.weights.earlier_network import read_network
from assets.weights.export import write_gguf
from assets.weights.network import Network
from assets.weights.vocabulary import read_vocabulary


def average(one: Network, other: Network) -> Network:
    """Returns the first network with the mean of both weights.

    Raises:
        ValueError: They have different shapes.
    """
    if one.shape != other.shape:
        raise ValueError(f"{one.shape} and {other.shape} have no mean")
    with torch.no_grad():
        for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
            mine.lerp_(theirs, 0.5)
    return one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    mean = average(read_network(arguments.one), read_network(arguments.other))
    write_gguf(mean, read_vocabulary(arguments.one), arguments.out)


if __name__ == "__main__":
    main()
