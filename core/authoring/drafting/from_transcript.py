"""An implicit profile from a character's own lines: what they say of themselves, and how they speak.

Source: USP (user simulation from implicit profiles), by rules.
"""

import re
from collections import Counter
from collections.abc import Sequence

from core.authoring.drafting.from_posts import read_posts
from core.authoring.drafting.proposal import Proposal, still_new
from core.authoring.drafting.stopping import IsCancelled, never, stop_if
from core.characters.statements import split_sentences
from core.characters.words import meaning_words, split_words
from models.character import CharacterBase

MIN_LINES = 3
"""With fewer lines nothing is said about how somebody speaks."""
MAX_TRANSCRIPT_CHARS = 400_000
MAX_STATEMENTS = 40
MAX_SAMPLES = 3
SHORT_WORDS, LONG_WORDS = 8, 25
"""Mean words of a line below and above which it is worth a rule."""
SHARE = 0.3
"""Part of the lines that has to do something before it is called a habit."""
_OWN_FACT = re.compile(
    r"^(?:I(?:['’](?:m|ve|d))? (?!think\b|guess\b|mean\b|know\b|see\b|will\b|would\b|want you|hope\b|do not know)\w+"
    r"|My \w+ (?:is|was|are|were|has|had)\b)",
)
_FLEETING = re.compile(r"\b(?:now|today|just|here|this|that|you|your|it)\b", re.IGNORECASE)


def read_transcript(
    lines: Sequence[str], others: Sequence[str], character: CharacterBase, cancelled: IsCancelled = never
) -> list[Proposal]:
    """Proposes what a character's own lines show.

    Args:
        lines: What the character said, in order.
        others: What others said in the same scenes, to tell own words from everybody's.
    """
    lines, others = (_last_chars(some) for some in (lines, others))
    proposals = [*_own_facts(lines, cancelled)]
    if len(lines) >= MIN_LINES:
        proposals += [*_voice_rules(lines, others), *_samples(lines, others)]
    return still_new(character, [*proposals, *read_posts(lines, character, cancelled)])


def _last_chars(lines: Sequence[str]) -> list[str]:
    """The latest lines, as many as are read."""
    kept, left = [], MAX_TRANSCRIPT_CHARS
    for line in reversed(lines):
        if left <= 0:
            break
        kept.append(line[:left])
        left -= len(line)
    return kept[::-1]


def _own_facts(lines: Sequence[str], cancelled: IsCancelled) -> list[Proposal]:
    found = []
    for line in lines:
        stop_if(cancelled)
        for sentence in split_sentences(line):
            if _OWN_FACT.match(sentence) and not _FLEETING.search(sentence) and not sentence.endswith("?"):
                found.append(Proposal("statements", sentence, "They say so themselves.", line, is_addition=True))
    return found[:MAX_STATEMENTS]


def _voice_rules(lines: Sequence[str], others: Sequence[str]) -> list[Proposal]:
    n_words = sum(len(split_words(line)) for line in lines) / len(lines)
    rules: list[tuple[str, str]] = []
    if n_words <= SHORT_WORDS:
        rules.append((f"Short lines, about {round(n_words)} words.", f"{n_words:.1f} words a line"))
    elif n_words >= LONG_WORDS:
        rules.append((f"Long lines, about {round(n_words)} words.", f"{n_words:.1f} words a line"))
    for habit, pattern in (
        ("Often asks back.", r"\?"),
        ("Exclaims.", r"!"),
        ("Trails off.", r"(?:…|\.\.\.)"),
        ("Shows what they do between *asterisks*.", r"\*[^*]+\*"),
    ):
        doing = [line for line in lines if re.search(pattern, line)]
        if len(doing) >= SHARE * len(lines):
            rules.append((habit, f"{len(doing)} of {len(lines)} lines, such as: {doing[0][:120]}"))
    favourites = _favourite_words(lines, others)
    if favourites:
        rules.append((f"Favourite words: {', '.join(favourites)}.", "said far more often than by the others"))
    return [
        Proposal("layers.voice_rules", rule, "Their lines have it in common.", evidence, is_addition=True)
        for rule, evidence in rules
    ]


def _favourite_words(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """Words in several lines that the others hardly use, the most typical first."""
    own = Counter(word for line in lines for word in meaning_words(line))
    theirs = Counter(word for line in others for word in meaning_words(line))
    rate = {
        word: (count / len(lines)) / ((theirs[word] + 0.5) / (len(others) + 1))
        for word, count in own.items()
        if count >= 3
    }
    typical = sorted((word for word in rate if rate[word] > 2), key=lambda word: (-rate[word], word))
    return [word for word in typical if len(word) > 2][:5]


def _samples(lines: Sequence[str], others: Sequence[str]) -> list[Proposal]:
    """Lines of middling length with the most words of their own."""
    favourites = set(_favourite_words(lines, others))
    fitting = [line for line in dict.fromkeys(lines) if 4 <= len(split_words(line)) <= 30]
    best = sorted(fitting, key=lambda line: -len(meaning_words(line) & favourites))[:MAX_SAMPLES]
    return [
        Proposal("layers.samples", line.strip(), "A line that sounds like them.", line, is_addition=True)
        for line in best
    ]
