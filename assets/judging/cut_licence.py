"""Cuts who-is-speaking items from plays in the public domain, and writes those that were kept to `licence.json`.

Run from the repository root: `python -m assets.judging.cut_licence [CORPUS]`, where CORPUS is
`standardebooks-drama.jsonl.xz` (`../shared/corpus/` unless told).

What is controlled, so that only reading solves an item:
- Names before the lines of a play are masked in every line, and so are what else its people are called, as far as
  `also_called.py` knows it; stage directions, which name people, are cut out. Titles (Aunt, Doctor, Sir) stay, and so
  do names of those who never speak.
- Everybody in the excerpt is an unnamed voice: who spoke next to the wanted voice rules nobody out.
- No candidate is named in the excerpt, not even by a name that begins alike.
- All four candidates speak within the `N_NEAR` turns before the excerpt: nobody is ruled out by being elsewhere.
- Each candidate is known by the same number of earlier lines of like length; each place of the list is right as often.
- Likeness of words (TF-IDF) and likeness in length of lines are right for no more of the 60 than `SURFACE_MAX`.
- An attentive reader who was not told the answers found 99 of 104 items that were cut; the 60 of `kept.txt` are among
  these 99, so each can be solved.

What is not controlled: plays that weights know by heart can be recognised without their names.
"""

import hashlib
import json
import lzma
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from assets.judging.also_called import ALSO_CALLED
from core.fidelity.judging.masks import Masks, masks_for

FILE = "standardebooks-drama.jsonl.xz"
LICENCE = "Public domain (US and life+70) / CC0-1.0 edition"
N_ITEMS, N_OPTIONS = 60, 4
N_EXCERPT, N_NEAR, N_EARLIER = 7, 60, 3
EARLIER_WORDS, VOICE_WORDS, MAX_LINE_WORDS, MAX_EXCERPT_WORDS = (10, 40), (22, 90), 70, 200
N_PER_PLAY = 3
SKIPPED = ("Plato", "Short Fiction", "This Side of Paradise")
"""No plays."""
CROWDS = ("All", "Both", "Others")
SURFACE_MAX = 20
"""Of 60; chance is 15."""
KEPT_FILE = Path(__file__).parent / "kept.txt"


class Spoken(NamedTuple):
    """A line of a play."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Play:
    """All lines of a play, in order."""

    title: str
    """It ends at the first full stop of its author's name, and seeds which places are cut: it must stay as it is."""
    lines: tuple[Spoken, ...]
    name: str = ""
    """Title and author, as they are shown."""


@dataclass(frozen=True, slots=True)
class Cut:
    """An item with what was known when it was cut; its candidates in the order of the cast."""

    play: Play
    start: int
    voice: str
    candidates: tuple[str, ...]

    @property
    def excerpt(self) -> tuple[Spoken, ...]:
        """The turns that are read."""
        return self.play.lines[self.start : self.start + N_EXCERPT]

    @property
    def key(self) -> str:
        """Names it for ever: it changes with any word of the excerpt."""
        words = "\n".join(line.text for line in self.excerpt) + self.voice
        return hashlib.sha256(words.encode()).hexdigest()[:8]

    def earlier(self, candidate: str) -> tuple[str, ...]:
        """Returns the last lines of somebody before the excerpt that are neither short nor long, oldest first."""
        before = reversed(self.play.lines[: self.start])
        fitting = (line.text for line in before if line.speaker == candidate and _is_telling(line.text))
        return tuple(reversed([text for text, _ in zip(fitting, range(N_EARLIER), strict=False)]))


def main(corpus: Path) -> None:
    """Writes the items that were kept."""
    cuts = {cut.key: cut for play in read_plays(corpus) for cut in cut_play(play)}
    kept = [cuts[key] for key in KEPT_FILE.read_text().split() if key in cuts]
    items = [item_of(cut, place % N_OPTIONS) for place, cut in enumerate(kept)]
    n_alike, n_long = sum(map(is_most_alike, items)), sum(map(is_alike_in_length, items))
    print(f"{len(cuts)} cut, {len(items)} kept; right by likeness of words {n_alike}, by length of lines {n_long}")
    if len(items) != N_ITEMS or max(n_alike, n_long) > SURFACE_MAX:
        raise SystemExit("These are not the items that the badge stands for.")
    document = {"source": "Standard Ebooks", "licence": LICENCE, "items": items}
    out = Path(__file__).parent / "licence.json"
    out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_plays(corpus: Path) -> list[Play]:
    """Reads plays whose every line may be used."""
    lines: dict[str, list[Spoken]] = defaultdict(list)
    names: dict[str, str] = {}
    with lzma.open(corpus, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            title = _title(row["scene"])
            names.setdefault(title, _name(row["scene"]))
            if row["licence"] == LICENCE and not any(mark in title for mark in SKIPPED):
                lines[title] += [Spoken(turn["speaker"], _without_directions(turn["text"])) for turn in row["turns"]]
    return [Play(title, tuple(line for line in of_play if line.text), names[title]) for title, of_play in lines.items()]


def cut_play(play: Play) -> list[Cut]:
    """Returns some items of a play, from different parts of it."""
    random = Random(play.title)
    found: list[Cut] = []
    starts = list(range(N_NEAR // 2, len(play.lines) - N_EXCERPT))
    random.shuffle(starts)
    for start in starts:
        if len(found) == N_PER_PLAY:
            break
        if all(abs(start - other.start) > N_NEAR for other in found) and (cut := _cut(play, start, random)):
            found.append(cut)
    return sorted(found, key=lambda cut: cut.start)


def _cut(play: Play, start: int, random: Random) -> Cut | None:
    excerpt = play.lines[start : start + N_EXCERPT]
    if any(len(line.text.split()) > MAX_LINE_WORDS for line in excerpt):
        return None
    n_words = Counter[str]()
    for line in excerpt:
        n_words[line.speaker] += len(line.text.split())
    fitting = [voice for voice, n in n_words.items() if VOICE_WORDS[0] <= n <= VOICE_WORDS[1]]
    if len(n_words) < 2 or not fitting or n_words.total() > MAX_EXCERPT_WORDS:
        return None
    voice = random.choice(fitting)
    near = list(dict.fromkeys(line.speaker for line in play.lines[max(0, start - N_NEAR) : start]))
    cut = Cut(play, start, voice, ())
    known = [one for one in near if len(cut.earlier(one)) == N_EARLIER and " and " not in one and one not in CROWDS]
    others = [one for one in known if one != voice]
    if voice not in known or len(others) < N_OPTIONS - 1:
        return None
    cut = Cut(play, start, voice, (voice, *random.sample(others, N_OPTIONS - 1)))
    return None if _is_anybody_named(cut) else cut


def _is_anybody_named(cut: Cut) -> bool:
    """Whether the excerpt names a candidate, if only by a short form."""
    stems = {part[:3] for one in cut.candidates for part in re.findall(r"[A-Z][\w]{2,}", one)}
    return any(word[:3] in stems for line in cut.excerpt for word in re.findall(r"[A-Z]\w{2,}", line.text))


def item_of(cut: Cut, true_place: int) -> dict[str, Any]:
    """Returns an item as it is written, its true candidate in the place that is told."""
    others = [one for one in cut.candidates if one != cut.voice]
    order = [*others[:true_place], cut.voice, *others[true_place:]]
    masks = _masks(cut.play, order)
    voices = {
        name: f"Voice {place + 1}" for place, name in enumerate(dict.fromkeys(one.speaker for one in cut.excerpt))
    }
    return {
        "key": cut.key,
        "play": cut.play.name,
        "excerpt": [[voices[line.speaker], masks.hide(line.text)] for line in cut.excerpt],
        "voice": voices[cut.voice],
        "candidates": [
            {"name": masks.by_speaker[one], "lines": [masks.hide(text) for text in cut.earlier(one)]} for one in order
        ],
        "answer": true_place,
    }


def _masks(play: Play, candidates: Sequence[str]) -> Masks:
    """Masks all of a cast: the candidates are Person A to D, the others follow."""
    everybody = dict.fromkeys([*candidates, *(line.speaker for line in play.lines)])
    cast = [one for one in everybody if one not in CROWDS and not re.search(r", | and |\betc\b", one)]
    return masks_for(dict(zip(cast, cast, strict=True)), aliases=ALSO_CALLED.get(play.title, {}))


def is_alike_in_length(item: dict[str, Any]) -> bool:
    """Whether the answer is whose lines are as long as those of the voice."""
    wanted = _mean_words([text for voice, text in item["excerpt"] if voice == item["voice"]])
    off = [abs(_mean_words(candidate["lines"]) - wanted) for candidate in item["candidates"]]
    return off.index(min(off)) == item["answer"]


def is_most_alike(item: dict[str, Any]) -> bool:
    """Whether the answer is whose words are most like those of the voice, rare ones counted more."""
    said = [_bag(" ".join(text for voice, text in item["excerpt"] if voice == item["voice"]))]
    said += [_bag(" ".join(candidate["lines"])) for candidate in item["candidates"]]
    n_texts = Counter(word for bag in said for word in bag)
    alike = [_cosine(said[0], bag, n_texts, len(said)) for bag in said[1:]]
    return alike.index(max(alike)) == item["answer"]


def _cosine(one: Counter[str], other: Counter[str], n_texts: Counter[str], n: int) -> float:
    weight = {word: (1 + math.log((1 + n) / (1 + n_texts[word]))) ** 2 for word in one | other}
    shared = sum(one[word] * other[word] * weight[word] for word in one & other)
    lengths = [math.sqrt(sum(count**2 * weight[word] for word, count in bag.items())) for bag in (one, other)]
    return shared / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def _bag(text: str) -> Counter[str]:
    return Counter(re.findall(r"[a-z']+", text.lower()))


def _mean_words(texts: Sequence[str]) -> float:
    return sum(len(text.split()) for text in texts) / len(texts)


def _is_telling(text: str) -> bool:
    return EARLIER_WORDS[0] <= len(text.split()) <= EARLIER_WORDS[1]


def _title(scene: str) -> str:
    """Returns "Title by Author": a title may hold "Mrs.", so what ends it is the end after " by "."""
    match = re.match(r"(.+? by (?:[A-Z]\. ?)*[^.]+)\.", scene)
    return match.group(1) if match else scene.partition(".")[0]


def _name(scene: str) -> str:
    """Returns title and author; a full stop behind an initial ends neither."""
    match = re.match(r"(.+? by (?:[^.]|(?<=\b[A-Z])\.)+)\.", scene)
    return match.group(1) if match else _title(scene)


def _without_directions(text: str) -> str:
    return " ".join(re.sub(r"\*[^*]*\*", " ", text).split())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/corpus") / FILE)
