"""Which real dialogues are taken for the trial: enough said by two speakers, half of them with personas."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.fidelity.conversation import About, Line

MIN_TURNS = 10
MAX_TURNS = 60
"""Of a longer dialogue the beginning is taken."""
MIN_LINES = 4
"""Of each of the two main speakers."""
MIN_FACTS = 3
"""From this many facts on a speaker counts as one with a persona."""
NARRATOR = "Narrator"
Key = tuple[bool, bytes]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue and the speaker in it that is looked at."""

    id: str
    source: str
    """The file it is from."""
    about: About
    lines: tuple[Line, ...]
    target: str
    """Whose lines or persona are spoilt, and whose scores are compared."""
    partner: str
    """Who says most beside the target."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The target's persona."""
        return self.about.personas.get(self.target, ())

    def places(self, speaker: str) -> list[int]:
        """Returns where somebody speaks, from 0."""
        return [place for place, line in enumerate(self.lines) if line.speaker == speaker]


def is_held_out(id: str) -> bool:
    """Whether the house weights and the house embedder have never learned from this dialogue of the corpus."""
    return int.from_bytes(hashlib.blake2b(id.encode()).digest()) % 100 < 2


def find_dialogue(
    id: str, source: str, turns: Sequence[tuple[str, str]], personas: Mapping[str, Sequence[str]], scene: str = ""
) -> Dialogue | None:
    """Makes a dialogue of a conversation; None where it has too little of two speakers.

    Who is looked at is drawn from the id, among the two main speakers, those with a persona first.
    """
    lines = tuple(Line(speaker, text) for speaker, text in turns if text.strip())[:MAX_TURNS]
    counts = Counter(line.speaker for line in lines if line.speaker != NARRATOR)
    main = [speaker for speaker, count in counts.most_common(2) if count >= MIN_LINES]
    if len(lines) < MIN_TURNS or len(main) < 2:
        return None
    facts = {speaker: tuple(personas.get(speaker, ())) for speaker in counts}
    with_persona = [speaker for speaker in main if len(facts[speaker]) >= MIN_FACTS]
    target = min(with_persona or main, key=lambda speaker: _hash(f"{source}/{id}/{speaker}"))
    about = About({speaker: own for speaker, own in facts.items() if own}, scene)
    return Dialogue(id, source, about, lines, target, next(one for one in main if one != target))


def shorten(dialogue: Dialogue, n_turns: int) -> Dialogue | None:
    """Returns the beginning of a dialogue; None where it has too little of its two speakers."""
    short = replace(dialogue, lines=dialogue.lines[:n_turns])
    enough = min(len(short.places(dialogue.target)), len(short.places(dialogue.partner))) >= MIN_LINES
    return short if enough else None


@dataclass(slots=True)
class Draw:
    """Draws n dialogues from any number of them, one at a time: half with personas, as far as there are any.

    Each dialogue has the same chance within its half, and the same seed gives the same ones, in whatever order they
    come; those that were held out from training go first.
    """

    n: int
    seed: int
    _with: dict[Key, Dialogue] = field(default_factory=dict)
    _without: dict[Key, Dialogue] = field(default_factory=dict)
    n_seen: int = 0

    def add(self, dialogue: Dialogue) -> None:
        """Takes the next dialogue into the draw."""
        self.n_seen += 1
        has_persona = len(dialogue.facts) >= MIN_FACTS
        kept = self._with if has_persona else self._without
        key = (not is_held_out(dialogue.id), _hash(f"{self.seed}/{dialogue.source}/{dialogue.id}"))
        kept[key] = dialogue
        if len(kept) > 4 * self.n + 100:
            self._cut(kept)

    def drawn(self) -> list[Dialogue]:
        """Returns what was drawn, mixed, so that any beginning of the list is a fair sample too."""
        with_personas, without = (self._best(kept) for kept in (self._with, self._without))
        n_with = min(len(with_personas), max(self.n - len(without), (self.n + 1) // 2))
        found = with_personas[:n_with] + without[: self.n - n_with]
        return sorted(found, key=lambda one: _hash(f"{self.seed}/order/{one.source}/{one.id}"))

    def _best(self, kept: dict[Key, Dialogue]) -> list[Dialogue]:
        return [kept[key] for key in heapq.nsmallest(self.n, kept)]

    def _cut(self, kept: dict[Key, Dialogue]) -> None:
        best = {key: kept[key] for key in heapq.nsmallest(self.n, kept)}
        kept.clear()
        kept.update(best)


def find_donor(place: int, dialogues: Sequence[Dialogue]) -> Dialogue | None:
    """Finds the other conversation that lends lines and personas to the one at `place`.

    The next after it, in a circle; of the same file, and with another persona where the dialogue has one, as far as
    there are such. None where there is no other.
    """
    dialogue = dialogues[place]
    others = (dialogues[(place + step) % len(dialogues)] for step in range(1, len(dialogues)))
    needs_facts = len(dialogue.facts) >= MIN_FACTS
    best: tuple[int, Dialogue] | None = None
    for one in others:
        rank = 2 * (not needs_facts or _lends_persona(one, dialogue)) + (one.source == dialogue.source)
        if rank == 3:
            return one
        if best is None or rank > best[0]:
            best = rank, one
    return best[1] if best else None


def _lends_persona(one: Dialogue, dialogue: Dialogue) -> bool:
    return len(one.facts) >= MIN_FACTS and set(one.facts) != set(dialogue.facts)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
