"""How a line says a fact: tells it, guesses it, asks for it or denies it.

`core.world.spoken` decides whether a sentence, or two that follow each other, have the words of the fact. Beside that a
fact about somebody of the cast is only said where they are named or a pronoun may stand for them.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from core.world.spoken import has_most, stem, telling_stems, words_of

_FIRST_TEXT = "i me my mine myself i'm i've i'd i'll we us our ours we've we're we'll we'd"
_SECOND_TEXT = "you your yours yourself you've you're you'd you'll"
_THIRD_TEXT = """
he him his himself he's he'd he'll she her hers herself she's she'd she'll they them their theirs they've they're they'd
they'll
"""
_NEGATION_TEXT = """
not never no nobody none neither nor cannot without didn't don't doesn't won't wouldn't isn't aren't wasn't weren't
hasn't haven't hadn't can't couldn't shouldn't ain't
"""
_TITLE_TEXT = """
Mr Mrs Ms Miss Dr Sir Lady Lord Old Young Captain Doctor Professor Father Mother Brother Sister Uncle Aunt The King
Queen Prince Princess Saint Inspector Sergeant Officer Count Baron Little Big
"""
FIRST, SECOND, THIRD = (frozenset(text.split()) for text in (_FIRST_TEXT, _SECOND_TEXT, _THIRD_TEXT))
_NEGATIONS, _TITLES = frozenset(_NEGATION_TEXT.split()), frozenset(_TITLE_TEXT.split())
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*[\"'”’)*]*")
_INTERJECTION = re.compile(r"\A\W*(?:no|oh no|well|yes|oh|ah|look|listen|not at all)\s*[,;:—–-]+\s*", re.IGNORECASE)
_CALLED_FALSE = re.compile(
    r"\b(?:not true|untrue|isn['’]t true|is (?:all )?(?:a lie|lies)|['’]s (?:all )?(?:a lie|lies)|(?:is|['’]s) false|"
    r"nonsense|rubbish|i deny|denies|denied|no truth|"
    r"(?:do|did|does)(?:n['’]t| not) believe)",
    re.IGNORECASE,
)
_GUESSED = re.compile(
    r"\b(?:perhaps|maybe|i (?:think|suspect|guess|suppose|wonder|fear|imagine)|might have|may have|could have|"
    r"probably|possibly|seems?|must have|what if|if|whether|unless|suppose|supposing|imagine|pretend|i hope|"
    r"would have)\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r",\s*(?:\w+n['’]t|did|does|do|is|was|were|has|have|am i|right|eh|no|yes)\b[^,?]{0,12}\?",
    re.IGNORECASE,
)
_PRESUPPOSED = re.compile(
    r"\b(?:did|do|does|have|has|had)(?:n['’]t)?\s+\w+\s+(?:not\s+)?"
    r"(?:know|known|hear|heard|see|seen|notice|noticed|reali[sz]ed?|forget|forgotten)\b"
    r"(?!\s+(?:who|whom|whose|whether|if|what|where|when|why|how|about)\b)",
    re.IGNORECASE,
)


class Said(StrEnum):
    """How a fact is said."""

    TOLD = "told"
    GUESSED = "guessed"
    ASKED = "asked"
    DENIED = "denied"


_ORDER = tuple(Said)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line, who says it and who hears it."""

    text: str
    speaker_id: str
    hearers: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sayable:
    """Something that can be told, and whom of the cast it is about."""

    text: str
    about: frozenset[str] = frozenset()
    """Role ids."""


class People:
    """The cast by what they are called."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """Takes role id -> all names of it."""
        self._words = {role_id: frozenset(_name_words(several)) for role_id, several in names.items()}
        self._stems = {
            role_id: frozenset(stem(word.casefold()) for word in words) for role_id, words in self._words.items()
        }
        self._all_stems = frozenset[str]().union(*self._stems.values())

    def may_say(self, text: str, what: str) -> bool:
        """Whether a line may say something at all, whoever its pronouns stand for: quick, for very many facts."""
        return has_most(_stems(text) | self._all_stems, telling_stems(what))

    def stems(self, role_id: str) -> frozenset[str]:
        """Returns the stems of somebody's names."""
        return self._stems.get(role_id, frozenset())

    def named_in(self, text: str) -> frozenset[str]:
        """Returns who is named in a text, with capitals as they are written."""
        written = frozenset(re.findall(r"[^\W_]+", text))
        return frozenset(role_id for role_id, words in self._words.items() if words & written)

    def named_by(self, words: Collection[str]) -> frozenset[str]:
        """Returns who is named by words in small letters."""
        said = frozenset(map(stem, words))
        return frozenset(role_id for role_id, stems in self._stems.items() if stems & said)


def how_said(spoken: Spoken, what: Sayable, people: People) -> Said | None:
    """Returns how a line says something; None when it does not. Telling counts more than guessing, and so on."""
    if not people.may_say(spoken.text, what.text):
        return None
    sentences = [_INTERJECTION.sub("", one.strip()) for one in _SENTENCE.findall(spoken.text)]
    found = {_how_sentence(one, spoken, what, people) for one in sentences}
    if found <= {None}:
        found = {_how_sentence(f"{one} {two}", spoken, what, people) for one, two in _neighbours(sentences)}
    return next((said for said in _ORDER if said in found), None)


def _how_sentence(sentence: str, spoken: Spoken, what: Sayable, people: People) -> Said | None:
    words = words_of(sentence)
    meant = _meant(words, spoken, what, people)
    if meant is None or not has_most(frozenset(map(stem, words)) | meant, telling_stems(what.text)):
        return None
    if _is_denied(sentence, words, what.text):
        return Said.DENIED
    if _TAG.search(sentence) or _GUESSED.search(sentence):
        return Said.GUESSED
    if sentence.rstrip("\"'”’)* ").endswith("?"):
        return Said.TOLD if _PRESUPPOSED.search(sentence) else Said.ASKED
    return Said.TOLD


def _meant(words: Sequence[str], spoken: Spoken, what: Sayable, people: People) -> frozenset[str] | None:
    """Returns the stems of names that pronouns stand for; None where somebody whom the fact is about is not meant.

    “I” is the speaker, “you” whoever hears it; “she” may be anybody as long as nobody else of the cast is named.
    """
    said = frozenset(words)
    stems: set[str] = set()
    named = people.named_by(said)
    for role_id in what.about:
        if (role_id == spoken.speaker_id and said & FIRST) or (role_id in spoken.hearers and said & SECOND):
            stems |= people.stems(role_id)
        elif role_id not in named and (named - what.about or not said & THIRD):
            return None
    return frozenset(stems)


def _is_denied(sentence: str, words: Sequence[str], fact: str) -> bool:
    """Whether a sentence says the contrary: a negation within the words of the fact, or just before them."""
    if _CALLED_FALSE.search(sentence):
        return True
    telling = telling_stems(fact)
    places = [place for place, word in enumerate(words) if stem(word) in telling]
    if not places:
        return False
    start = max(0, min(places) - 2)
    n_here = sum(word in _NEGATIONS for word in words[start : max(places) + 1])
    n_there = sum(word in _NEGATIONS for word in words_of(fact))
    return n_here % 2 != n_there % 2


@lru_cache(maxsize=64)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(text)))


def _neighbours(sentences: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from pairwise(sentences)


def _name_words(names: Sequence[str]) -> Iterator[str]:
    """Yields the words of names that can stand for somebody alone: with a capital, and no title."""
    for name in names:
        for word in re.findall(r"[^\W_]+", name):
            if len(word) > 1 and word[0].isupper() and word not in _TITLES:
                yield word
