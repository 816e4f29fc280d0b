"""Trains the house weights from nothing: `python assets/weights/train.py --minutes 75 --corpus ../shared/corpus`.

Takes the corpus and the generated teaching set, writes a GGUF file now and then, and resumes where it was stopped.
Needs the `train` extra; the app itself never imports this.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # threads that spin starve each other where others use the machine too

import torch
from tokenizers import Tokenizer

from assets.weights.corpus import SHARES, load_dialogues, load_rooms, play_from_dialogue
from assets.weights.drills import draw_drill
from assets.weights.export import write_gguf
from assets.weights.muon import Muon
from assets.weights.network import Network, Shape
from assets.weights.sample import Message, render_messages
from assets.weights.teaching import draw_play
from assets.weights.token_stream import OTHERS, OWN, SYSTEM, Batch, batch_rows, train_vocabulary

SHAPE = Shape(n_vocab=4096, width=320, n_layers=6, n_heads=5, hidden=864)
MUON_RATE, ADAM_RATE = 0.02, 0.003
_VOCABULARY_PLAYS = 20_000
_SAVE_EVERY_S = 300


@dataclass
class Progress:
    """How far the training is; `part` in [0, 1] steers rates, weights and the mix."""

    total_s: float
    trained_s: float = 0.0
    n_steps: int = 0
    n_tokens: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def part(self) -> float:
        return min(1.0, self.trained_s / self.total_s)


def rate_factor(part: float) -> float:
    """A short warm-up, a plateau, and a long way down."""
    return min(1.0, part / 0.02 + 0.02, max(0.02, (1 - part) / 0.35))


def mix(part: float) -> dict[str, float]:
    """Language first, then copying, then whole scenes."""
    if part < 0.2:
        return {"corpus": 1.0}
    if part < 0.8:
        return {"corpus": 0.06, "teaching": 0.3, "drill": 0.64}
    return {"corpus": 0.2, "teaching": 0.65, "drill": 0.15}


def token_weights(part: float) -> dict[int, float]:
    """What a token of each kind counts: everything early on, in the end almost only one's own turns."""
    return {SYSTEM: 0.15, OTHERS: 0.3, OWN: 1.0} if part < 0.2 else {OWN: 1.0}


class Draw:
    """Draws conversations from the corpus and the teaching set."""

    def __init__(self, corpus: Path, seed: int, progress: Progress, held_out: bool = False) -> None:
        self.rng = random.Random(f"{seed}|{progress.n_steps}|{held_out}")
        self.progress = progress
        self.dialogues = {source: load_dialogues(corpus, source, held_out) for source in SHARES}
        self.rooms = load_rooms(corpus)
        self.personas = [facts for one in self.dialogues["synthetic-persona-chat"] for facts in one.personas.values()]

    def corpus(self) -> list[Message]:
        """A human dialogue, seen by one of its speakers."""
        source = self.rng.choices(list(SHARES), list(SHARES.values()))[0]
        play = play_from_dialogue(self.rng.choice(self.dialogues[source]), self.rooms, self.rng)
        thoughts = source == "synthetic-persona-chat" and self.rng.random() < 0.3
        plain = not thoughts and self.rng.random() < 0.1
        return render_messages(play, self.rng.randrange(len(play.cast)), thoughts, plain)

    def teaching(self) -> list[Message]:
        """A generated scene, seen by one of its cast."""
        play = draw_play(self.rng, self.personas)
        thoughts = self.rng.random() < 0.55
        plain = not thoughts and len(play.cast) == 2 and self.rng.random() < 0.1
        return render_messages(play, self.rng.randrange(len(play.cast)), thoughts, plain)

    def drill(self) -> list[Message]:
        """A short exchange that trains copying."""
        return render_messages(draw_drill(self.rng), 0, thoughts=self.rng.random() < 0.5)

    def __call__(self) -> list[Message]:
        shares = mix(self.progress.part)
        return getattr(self, self.rng.choices(list(shares), list(shares.values()))[0])()


def load_vocabulary(draw: Draw, path: Path) -> Tokenizer:
    """The vocabulary of an earlier run, or a new one from both kinds of text."""
    if not path.exists():

        def texts() -> Iterator[str]:
            for index in range(_VOCABULARY_PLAYS):
                yield from (message["content"] for message in (draw.teaching() if index % 3 == 0 else draw.corpus()))

        train_vocabulary(texts(), SHAPE.n_vocab).save(str(path))
    return Tokenizer.from_file(str(path))


class Trainer:
    """The network, its optimisers and its checkpoint."""

    def __init__(self, network: Network, progress: Progress, checkpoint: Path, compiled: bool = True) -> None:
        self.network, self.progress, self.checkpoint = network, progress, checkpoint
        matrices = [weight for name, weight in network.named_parameters() if weight.ndim == 2 and "blk" in name]
        others = [weight for name, weight in network.named_parameters() if weight.ndim != 2 or "blk" not in name]
        self.optimisers: list[tuple[torch.optim.Optimizer, float]] = [
            (Muon(matrices, MUON_RATE), MUON_RATE),
            (torch.optim.AdamW(others, ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0), ADAM_RATE),
        ]
        if compiled:
            network.hidden_states = torch.compile(network.hidden_states, dynamic=False)  # type: ignore[method-assign]

    def step(self, batch: Batch) -> float:
        """One step of all optimisers; returns the loss."""
        loss = self.loss(batch)
        loss.backward()
        factor = rate_factor(self.progress.part)
        for optimiser, rate in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
            optimiser.step()
            optimiser.zero_grad()
        self.progress.n_steps += 1
        self.progress.n_tokens += batch.ids.size
        return loss.item()

    def loss(self, batch: Batch, own_only: bool = False) -> torch.Tensor:
        """The weighted loss of a batch."""
        counts = {OWN: 1.0} if own_only else token_weights(self.progress.part)
        weights = torch.zeros(batch.ids.shape)
        for kind, weight in counts.items():
            weights[torch.from_numpy(batch.kinds == kind)] = weight
        return self.network.loss(torch.from_numpy(batch.ids), weights)

    def save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser, _ in self.optimisers],
            "progress": (self.progress.trained_s, self.progress.n_steps, self.progress.n_tokens),
        }
        torch.save(state, self.checkpoint.with_suffix(".new"))
        self.checkpoint.with_suffix(".new").replace(self.checkpoint)

    def resume(self) -> None:
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint)
        self.network.load_state_dict(state["network"])
        for (optimiser, _), saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        self.progress.trained_s, self.progress.n_steps, self.progress.n_tokens = state["progress"]


def train(trainer: Trainer, batches: Iterator[Batch], held_out: Batch, on_save: Callable[[], None]) -> None:
    """Steps until the time is over; checkpoints, reports and exports every few minutes."""
    progress = trainer.progress
    before = last_save = time.monotonic()
    losses: list[float] = []
    for batch in batches:
        losses.append(trainer.step(batch))
        now = time.monotonic()
        progress.trained_s += now - before
        before = now
        if now - last_save > _SAVE_EVERY_S or progress.part >= 1:
            with torch.no_grad():
                own = trainer.loss(held_out, own_only=True).item()
            _report(progress, sum(losses) / len(losses), own)
            trainer.save()
            on_save()
            losses, last_save, before = [], now, time.monotonic()
        elif progress.n_steps % 20 == 0:
            _report(progress, sum(losses[-20:]) / len(losses[-20:]), None)
        if progress.part >= 1:
            return


def _report(progress: Progress, loss: float, held_out: float | None) -> None:
    row = {"steps": progress.n_steps, "tokens": progress.n_tokens, "minutes": round(progress.trained_s / 60, 1)}
    print(json.dumps(row | {"loss": round(loss, 4), "held_out_own_loss": held_out}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("tableread-house-v0.gguf"))
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir(), "tableread-house"), help="vocabulary and checkpoint"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)

    progress = Progress(arguments.minutes * 60)
    trainer = Trainer(Network(SHAPE), progress, arguments.work / "checkpoint.pt")
    trainer.resume()
    draw = Draw(arguments.corpus, arguments.seed, progress)
    tokenizer = load_vocabulary(draw, arguments.work / "vocabulary.json")
    unseen = Draw(arguments.corpus, arguments.seed, Progress(1.0), held_out=True)
    held_out = next(batch for batch in batch_rows(tokenizer, unseen.corpus, unseen.rng) if batch.ids.shape[1] == 512)
    batches = batch_rows(tokenizer, draw, draw.rng)
    train(trainer, batches, held_out, lambda: write_gguf(trainer.network, tokenizer, arguments.out))


if __name__ == "__main__":
    main()
