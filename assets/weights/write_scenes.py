"""Lets the house weights play new scenes, to be read: `python write_scenes.py 50`."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assets.weights.llama_weights import Weights
from assets.weights.probes.scenes import SceneProbe, draw_scene
from assets.weights.probes.speaker import Speaker, Values
from assets.weights.sample import Line, Play
from core.inference.weights.catalog import house_weights


def describe(scene: Play, lines: list[Line]) -> str:
    """A scene as text: who is there, and what was said, with thoughts in brackets."""
    told = [f"## {scene.title}: {scene.setting} ({scene.kind})"]
    for one in scene.cast:
        about = [one.description, one.personality, one.voice, one.boundaries, one.knowledge, *one.statements]
        aims = [f"Goal: {one.goal}" if one.goal else "", f"Secret: {one.secret}" if one.secret else ""]
        told.append(f"- {one.name}: {' '.join(filter(None, (*about, *aims)))}")
    told += [f"    {line.speaker}: {f'({line.thought}) ' if line.thought else ''}{line.text}" for line in lines]
    return "\n".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", type=int)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--weights", type=Path, default=house_weights())
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    probe = SceneProbe(Speaker(Weights(arguments.weights, arguments.threads)))
    rng, _ = Values().begin("scenes to read")
    for index in range(arguments.scenes):
        scene = draw_scene(rng)
        print(describe(scene, probe.play_scene(scene, arguments.turns, index)), flush=True)


if __name__ == "__main__":
    main()
