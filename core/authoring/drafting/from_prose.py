"""A persona read from prose, such as a wiki page: what rules can find is proposed, with the words it was found in.

Source: Ditto (self-alignment from an encyclopaedia's text), done by rules so that it works with any weights.
"""

import re
from collections.abc import Iterator
from functools import cache

from core.authoring.drafting.proposal import Proposal, still_new
from core.authoring.drafting.reading_words import load_reading_words
from core.authoring.drafting.stopping import IsCancelled, never, stop_if
from core.authoring.number_words import SMALL, TENS, number_of
from core.authoring.population.pools import load_pools
from core.characters.statements import draft_statements, split_sentences
from models.character import CharacterBase
from models.fields import MAX_NAME_CHARS

MAX_PROSE_CHARS = 200_000
MAX_ITEM_CHARS = 80
TRAIT_DEGREE = 75
LOOK_BACK_CHARS = 60
"""So far before a word is looked for what denies it."""
_BELOW_TEN = "|".join(word for word, number in SMALL.items() if 0 < number < 10)
_WORDS = "|".join(sorted(SMALL, key=len, reverse=True))
_NUMBER = rf"(?P<number>\d{{1,3}}|(?:{'|'.join(TENS)})(?:[- ](?:{_BELOW_TEN})\b)?|{_WORDS})"
_AGES = (
    rf"\b{_NUMBER}[ -]years?[ -]old\b",
    rf"\baged {_NUMBER}\b",
    rf"\bof {_NUMBER} years\b",
    rf"\b(?:is|am|are) {_NUMBER}\b(?=[.,;]| and\b)",
)
_LIST = r"(?P<list>[^.;!?]{2,200})"
_LIST_RULES = {
    "layers.life.likes": (
        r"(?:likes?|loves?|enjoys?|(?:is|am|are) fond of) (?!to\b)",
        "The text says what is liked.",
    ),
    "layers.life.dislikes": (
        r"(?:dislikes?|hates?|detests?|cannot stand|(?:can|do|does) ?n[o'’]t (?:like|stand)) (?!to\b|it\b|when\b)",
        "The text says what is not liked.",
    ),
    "layers.career.skills": (
        r"(?:is|am|are) (?:very )?(?:good|skilled|gifted|expert) (?:at|with|in) ",
        "The text says what they can do.",
    ),
}
"""Path -> what comes before a list of items, and the reason."""
_LINE_RULES = {
    "layers.social.residence": (
        r"(?:lives?|resides?|dwells?) (?:alone )?(?P<value>(?:in|at|on|above|near|by|beyond|behind) [^.;,!?]{2,80})",
        "The text says where they live.",
    ),
    "layers.career.aspiration": (
        r"(?:wants? to|dreams? of|hopes? to|longs? to) (?P<value>[^.;!?]{3,120})",
        "The text says what they strive for.",
    ),
    "layers.social.education": (
        r"(?P<value>(?:studied|was educated|were educated|graduated) [^.;!?]{3,80})",
        "The text says what they learnt.",
    ),
}
"""Path -> a pattern whose `value` goes there, and the reason."""
_QUOTED = re.compile(r"(?:[\w ,]{0,40}:\s*)?[“\"][^“”\"]{0,2000}[”\"]")
"""What somebody says is not what is said of them."""
_OTHER_NAME = re.compile(r"\s*(?P<name>[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)+)(?= \(|,| (?:is|was)\b)")
_NATIONALITY = re.compile(r"\b(?:is|was|am) an? (?P<value>[A-Z][a-z]+(?:ian|ish|ese|can|ean|ch|ic|ish))\b")
_DENIED = re.compile(r"\b(?:not|never|no longer|nobody|hardly|\w+n['’]t)\s+(?:\w+\s+)?$", re.IGNORECASE)


def read_prose(text: str, character: CharacterBase, cancelled: IsCancelled = never) -> list[Proposal]:
    """Returns what a text says about a character and the character does not hold yet.

    Args:
        character: The one that the text is about; its name says which sentences are.
        cancelled: Asked now and then; when it says yes, CancelledError is raised.
    """
    text = _QUOTED.sub(" ", text[:MAX_PROSE_CHARS])
    name = character.name
    proposals: list[Proposal] = []
    other = _OTHER_NAME.match(text)
    if other and not set(other["name"].casefold().split()) & set(name.casefold().split()):
        name = other["name"][:MAX_NAME_CHARS]
        proposals.append(Proposal("name", name, "The text is about somebody of this name.", other[0].strip()))
    about = _about(text, name)
    proposals += [*_first_of_each(about, cancelled), *_pronouns(text), *_traits(about, cancelled)]
    stop_if(cancelled)
    for statement in draft_statements(text, name, character.statements):
        proposals.append(Proposal("statements", statement, "A single fact of the text.", statement, is_addition=True))
    return still_new(character, proposals)


def _about(text: str, name: str) -> list[str]:
    """Returns the sentences that may be about the character: those that open with the name or a pronoun."""
    parts = "|".join(re.escape(part) for part in dict.fromkeys([name, *name.split()]) if part)
    subject = re.compile(rf"^\W*(?:{parts}|she|he|they|I|you|her|his|their|my|as an?|born|an?)\b", re.IGNORECASE)
    return [sentence for sentence in split_sentences(text) if subject.match(sentence)]


def _first_of_each(sentences: list[str], cancelled: IsCancelled) -> Iterator[Proposal]:
    """Yields the facts of all sentences; of a field that holds one thing, the first."""
    seen: set[str] = set()
    for sentence in sentences:
        stop_if(cancelled)
        for proposal in _facts_in(sentence):
            if proposal.is_addition or proposal.path not in seen:
                seen.add(proposal.path)
                yield proposal


def _facts_in(sentence: str) -> Iterator[Proposal]:
    ages = (re.search(pattern, sentence, re.IGNORECASE) for pattern in _AGES)
    age = next((number_of(match["number"]) for match in ages if match), None)
    if age is not None:
        yield Proposal("layers.social.age", age, "The text says the age.", sentence)
    nationality = _NATIONALITY.search(sentence)
    if nationality:
        yield Proposal("layers.social.nationality", nationality["value"], "The text says where from.", sentence)
    occupation = _occupation(sentence)
    if occupation:
        yield Proposal("layers.career.occupation", occupation, "The text says what they do.", sentence)
    for path, (pattern, why) in _LINE_RULES.items():
        match = _find(pattern, sentence)
        if match:
            yield Proposal(path, match["value"].strip(), why, sentence)
    for path, (pattern, why) in _LIST_RULES.items():
        match = _find(pattern + _LIST, sentence)
        for item in _items(match["list"]) if match else ():
            yield Proposal(path, item, why, sentence, is_addition=True)


def _find(pattern: str, sentence: str) -> re.Match[str] | None:
    """Finds a pattern that is not denied."""
    match = re.search(rf"\b{pattern}", sentence, re.IGNORECASE)
    return match if match and not _is_denied(sentence, match.start()) else None


def _is_denied(text: str, place: int) -> bool:
    return _DENIED.search(text, max(0, place - LOOK_BACK_CHARS), place) is not None


def _occupation(sentence: str) -> str:
    """Finds `is a …` or `works as a …` where the noun is a trade."""
    words_of = load_reading_words()
    verbs = r"\b(?:is|am|are|was|were|works? as|worked as|,) (?:an?|the) (?P<words>[\w'’ -]{2,60})"
    for match in re.finditer(verbs, sentence, re.IGNORECASE):
        if _DENIED.search(
            sentence[max(0, match.start("words") - LOOK_BACK_CHARS) : match.start("words")].rsplit(" ", 2)[0] + " "
        ):
            continue
        phrase = re.split(r"\b(?:of|in|at|on|who|that|from|for|and|with|whose|by|to)\b", match["words"])[0].strip()
        known = next((trade for trade in _trades() if phrase.casefold().endswith(trade)), "")
        if known:
            return known
        words = phrase.split()
        last = words[-1].casefold() if words else ""
        if last.endswith(words_of.trade_endings) and last not in words_of.no_trades:
            is_two = len(words) > 1 and words[-2].casefold() in words_of.trade_first_parts
            return " ".join(words[-2:]) if is_two else words[-1]
    return ""


@cache
def _trades() -> list[str]:
    pools = load_pools()
    return sorted((*pools.occupations, *pools.child_occupations), key=len, reverse=True)


def _items(text: str) -> list[str]:
    """Splits `tea, quiet mornings and her dog` into its items."""
    text = re.split(r"\b(?:because|but|when|although|though|which|who|more than|while)\b", text)[0]
    items = [item.strip(" ,") for item in re.split(r",| and | or ", text)]
    return [item for item in items if 1 < len(item) <= MAX_ITEM_CHARS]


def _pronouns(text: str) -> Iterator[Proposal]:
    """Counts pronouns; only a clear majority is proposed."""
    she = re.findall(r"\b(?:she|her|hers)\b", text, re.IGNORECASE)
    he = re.findall(r"\b(?:he|him|his)\b", text, re.IGNORECASE)
    more, fewer = max(len(she), len(he)), min(len(she), len(he))
    if more >= 2 and more >= 4 * fewer:
        pronouns = "she/her" if len(she) > len(he) else "he/him"
        word = (she if len(she) > len(he) else he)[0]
        sentence = next((one for one in split_sentences(text) if re.search(rf"\b{word}\b", one)), "")
        yield Proposal("layers.social.pronouns", pronouns, "The text speaks of them so.", sentence)


def _traits(sentences: list[str], cancelled: IsCancelled) -> Iterator[Proposal]:
    """Finds words for traits after `is`."""
    for sentence in sentences:
        stop_if(cancelled)
        for match in re.finditer(r"\b(?:is|am|are|was)\b (?P<rest>[^.;!?]*)", sentence, re.IGNORECASE):
            for found in _trait_pattern().finditer(match["rest"]):
                if not _is_denied(match["rest"], found.start()):
                    trait = {"name": found[0].casefold(), "degree": TRAIT_DEGREE}
                    why = "The text calls them so."
                    yield Proposal("layers.personal.traits", trait, why, sentence, is_addition=True)


@cache
def _trait_pattern() -> re.Pattern[str]:
    names = sorted(load_pools().trait_names | load_reading_words().traits, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
