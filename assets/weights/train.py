"""Trains the house weights, from nothing or from an earlier file: `python assets/weights/train.py --minutes 75`.

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
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # threads that spin starve each other where others use the machine too

import numpy as np
import torch
from tokenizers import Tokenizer

from assets.weights.circuits import add_copying
from assets.weights.corpus import SHARES, load_dialogues, load_rooms, play_from_dialogue
from assets.weights.drills import draw_drill
from assets.weights.earlier_network import read_network
from assets.weights.export import VERSION, write_gguf
from assets.weights.interviews import draw_interview
from assets.weights.muon import Muon
from assets.weights.network import Network, Shape
from assets.weights.sample import Message, Play, render_messages, stumble
from assets.weights.teaching import draw_play
from assets.weights.team import Team, run_team
from assets.weights.token_stream import OTHERS, OWN, RATED, Batch, batch_rows, train_vocabulary
from assets.weights.vocabulary import read_vocabulary

SHAPE = Shape(n_vocab=4096, width=256, n_layers=6, n_heads=4, hidden=704)
MUON_RATE, ADAM_RATE = 0.010, 0.0010
_VOCABULARY_PLAYS = 20_000
_SAVE_EVERY_S = 300
_LONGEST_STEP_S = 30.0
"""A step that took longer stood still: the rest of it does not count."""
_STUMBLING_SCENES = 0.25
_RARE = 8
"""A token that comes at most this often in a batch is one of a value."""


@dataclass
class Progress:
    """How far the training is; `part` in [0, 1] steers rates, weights and the mix.

    It ends at a time of the clock. Time that it stood still counts for nothing but that.
    """

    ends: float
    """Seconds of `time.time()`."""
    trained_s: float = 0.0
    n_steps: int = 0
    n_tokens: int = 0

    @property
    def part(self) -> float:
        left_s = self.ends - time.time()
        return 1.0 if left_s <= 0 else self.trained_s / (self.trained_s + left_s)


def rate_factor(part: float, n_steps: int) -> float:
    """A short warm-up, then straight down to nothing."""
    return min(n_steps / 30 + 0.02, 1 - part)


def mix(part: float) -> dict[str, float]:
    """Copying first, then more and more whole scenes."""
    if part < 0.15:
        return {"corpus": 0.23, "teaching": 0.27, "drill": 0.43, "interview": 0.07}
    if part < 0.72:
        return {"corpus": 0.2, "teaching": 0.28, "drill": 0.34, "interview": 0.18}
    if part < 0.86:
        return {"corpus": 0.22, "teaching": 0.39, "drill": 0.28, "interview": 0.11}
    return {"corpus": 0.22, "teaching": 0.5, "drill": 0.2, "interview": 0.08}


def longest_row(part: float) -> int:
    """Short rows first: they are the densest."""
    if part < 0.6:
        return 640
    return 1024 if part < 0.85 else 2048


ROW_WEIGHTS = {"corpus": 0.7, "teaching": 1.0, "drill": 2.5, "interview": 2.5}
"""What a row counts beside the others of its batch: much of what people say cannot be foretold, and would drown what is
to be learned."""
TOKEN_WEIGHTS = {OTHERS: 0.2, OWN: 1.0, RATED: 4.0}
"""What a token of each kind counts."""
COPIED_WEIGHT = 2.5
"""How many times more an own token counts that is copied: a value, a name."""
ECHO_WEIGHT = 1.0


class Draw:
    """Draws conversations from the corpus and the teaching set."""

    def __init__(self, corpus: Path, seed: int, progress: Progress, held_out: bool = False) -> None:
        self.rng = random.Random(f"{seed}|{held_out}")
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
        messages = render_messages(play, self.rng.randrange(len(play.cast)), thoughts, plain)
        return stumble(messages, self.rng) if self.rng.random() < _STUMBLING_SCENES else messages

    def drill(self) -> list[Message]:
        """A short exchange that trains copying."""
        return self._of_the_first(draw_drill(self.rng, self.personas))

    def interview(self) -> list[Message]:
        """Somebody rates what is true of them."""
        return self._of_the_first(draw_interview(self.rng, self.personas))

    def _of_the_first(self, play: Play) -> list[Message]:
        thoughts = self.rng.random() < 0.35
        plain = not thoughts and len(play.cast) == 2 and self.rng.random() < 0.1
        return render_messages(play, 0, thoughts, plain)

    def __call__(self) -> list[Message]:
        shares = mix(self.progress.part)
        kind = self.rng.choices(list(shares), list(shares.values()))[0]
        first, *others = getattr(self, kind)()
        return [first | {"weight": str(ROW_WEIGHTS[kind])}, *others]


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

    def __init__(
        self, network: Network, progress: Progress, checkpoint: Path, team: Team | None = None, compiled: bool = True
    ) -> None:
        self.network, self.progress, self.checkpoint = network, progress, checkpoint
        self.team = team or Team()
        matrices = [weight for name, weight in network.named_parameters() if weight.ndim == 2 and "blk" in name]
        others = [weight for name, weight in network.named_parameters() if weight.ndim != 2 or "blk" not in name]
        self.optimisers: list[tuple[torch.optim.Optimizer, float]] = [
            (Muon(matrices, MUON_RATE, self.team), MUON_RATE),
            (torch.optim.AdamW(others, ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0), ADAM_RATE),
        ]
        self.bfloat16 = compiled
        if compiled:
            torch._dynamo.config.recompile_limit = 32  # noqa: SLF001 - the public name is torch._dynamo
            for layer in network.blk:
                layer.compile(dynamic=False)  # one layer's code serves them all

    def step(self, batch: Batch) -> float:
        """One step of all optimisers; returns the loss."""
        loss = self.loss(batch)
        loss.backward()
        self.team.average_gradients(self.network.parameters())
        factor = rate_factor(self.team.agree(self.progress.part), self.progress.n_steps)
        for optimiser, rate in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
            optimiser.step()
            optimiser.zero_grad()
        self.progress.n_steps += 1
        self.progress.n_tokens += batch.ids.size * self.team.size
        return loss.item()

    def loss(self, batch: Batch, only: np.ndarray | None = None) -> torch.Tensor:
        """The weighted loss of a batch, or the plain one of some of its tokens."""
        weights = np.zeros(batch.ids.shape, dtype=np.float32) if only is None else only.astype(np.float32)
        for kind, weight in TOKEN_WEIGHTS.items() if only is None else ():
            weights[batch.kinds == kind] = weight
        if only is None:
            weights *= batch.weights[:, None] * np.where(copied_values(batch), COPIED_WEIGHT, 1.0)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            echo_weight = ECHO_WEIGHT if only is None else 0.0
            return self.network.loss(torch.from_numpy(batch.ids), torch.from_numpy(weights), echo_weight)

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


def copied_values(batch: Batch) -> np.ndarray:
    """Own tokens that are rare and stand earlier in their row, bool, as large as the batch: copying gets them right."""
    counts = np.bincount(batch.ids.ravel())
    copied = (batch.kinds == OWN) & (counts[batch.ids] <= _RARE)
    for ids, row in zip(batch.ids, copied, strict=True):
        _, firsts = np.unique(ids, return_index=True)
        row[firsts] = False
    return copied


def train(trainer: Trainer, batches: Iterator[Batch], held_out: dict[str, Batch], on_save: Callable[[], None]) -> None:
    """Steps until the time is over; checkpoints, reports and exports every few minutes."""
    progress = trainer.progress
    before = last_save = time.monotonic()
    losses: list[float] = []
    for batch in batches:
        losses.append(trainer.step(batch))
        now = time.monotonic()
        progress.trained_s += min(now - before, _LONGEST_STEP_S)
        before = now
        is_over = trainer.team.agree(progress.part) >= 1
        if trainer.team.leads and progress.n_steps % 100 == 0:
            _report(progress, loss=sum(losses) / len(losses), **_measure(trainer, held_out))
            losses = []
        if trainer.team.leads and (now - last_save > _SAVE_EVERY_S or is_over):
            trainer.save()
            on_save()
            last_save = now
        if is_over:
            return


def _measure(trainer: Trainer, held_out: dict[str, Batch]) -> dict[str, float]:
    """Nats per own token of each kind of text, and per token of copied values. With gradients: no second compiling."""
    found = {name: trainer.loss(batch, batch.kinds == OWN).item() for name, batch in held_out.items()}
    return found | {"copied": trainer.loss(held_out["drill"], copied_values(held_out["drill"])).item()}


def _report(progress: Progress, **measures: float) -> None:
    row = {"steps": progress.n_steps, "tokens": progress.n_tokens, "minutes": round(progress.trained_s / 60, 1)}
    print(json.dumps(row | {name: round(value, 3) for name, value in measures.items()}), flush=True)


def end_time(minutes: float, until: str) -> float:
    """When to stop, in seconds of `time.time()`: at `HH:MM` UTC of today, or after some minutes."""
    if not until:
        return time.time() + minutes * 60
    hour, minute = map(int, until.split(":"))
    return datetime.now(UTC).replace(hour=hour, minute=minute, second=0).timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--until", default="", help="HH:MM, UTC: stop then, whatever --minutes says")
    parser.add_argument("--from", type=Path, dest="earlier", help="go on from the matrices and vocabulary of this GGUF")
    parser.add_argument("--layers", type=int, default=0, help="with --from: grow to this many layers")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name(f"tableread-house-{VERSION}.gguf"))
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir(), "tableread-house"), help="vocabulary and checkpoint"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--processes", type=int, default=min(os.cpu_count() or 1, 4), help="they train together, 3 GB each"
    )
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    arguments.ends = end_time(arguments.minutes, arguments.until)
    run_team(arguments.processes, partial(_train, arguments))


def _train(arguments: argparse.Namespace, team: Team) -> None:
    torch.manual_seed(arguments.seed)
    progress = Progress(arguments.ends)
    draw = Draw(arguments.corpus, arguments.seed, progress)
    if arguments.earlier:
        network = read_network(arguments.earlier, arguments.layers)
        tokenizer = read_vocabulary(arguments.earlier)
    else:
        network = Network(SHAPE)
        add_copying(network)
        tokenizer = team.one_first(lambda: load_vocabulary(draw, arguments.work / "vocabulary.json"))
    trainer = Trainer(network, progress, arguments.work / "checkpoint.pt", team)
    trainer.resume()
    draw.rng.seed(f"{arguments.seed}|{progress.n_steps}|{team.rank}")
    unseen = Draw(arguments.corpus, arguments.seed, progress, held_out=True)
    held_out = {
        name: next(batch_rows(tokenizer, getattr(unseen, name), lambda: 512))
        for name in ("corpus", "teaching", "drill")
    }
    batches = batch_rows(tokenizer, draw, lambda: longest_row(progress.part), draw.rng)
    train(trainer, batches, held_out, lambda: write_gguf(trainer.network, tokenizer, arguments.out))


if __name__ == "__main__":
    main()
