"""A character from one line, such as `Mara, a tired lighthouse keeper of 58 who hides letters`.

What the line says is read by rules; the rest is drawn from the taxonomy and marked as made up.
"""

import re

from core.authoring.drafting.from_prose import read_prose
from core.authoring.drafting.proposal import Proposal, still_new
from core.authoring.drafting.stopping import IsCancelled, never, stop_if
from core.authoring.number_words import number_of
from core.authoring.taxonomy import Choose, walk_taxonomy
from core.characters.statements import split_sentences
from models.character import CharacterBase
from models.fields import MAX_NAME_CHARS

MAX_LINE_CHARS = 1_000
N_INVENTED = 6
_NAME = re.compile(
    r"^\s*(?P<name>[A-ZÀ-Þ][\w'’-]*(?:\s+(?:of|the|von|van|de|[A-ZÀ-Þ][\w'’-]*))*)\s*(?:,|:|\bis\b|–|-\s)\s*"
)
_ARTICLE = re.compile(r"^(?:An?|The)\b")
_AGE = re.compile(
    r"\b(?:of|aged)\s+(?P<number>\w+(?:-\w+)?)\b(?:\s+years)?|,\s*(?P<last>\d{1,3})(?:\s+years(?:\s+old)?)?$"
)
_PREPOSITION = re.compile(r"(?:of|in|at|on|from|with|for|by|to|about|under|over|that|who)\b")
_WHO = re.compile(r"\b(?:who|that)\s+(?P<does>[^,.;]+)")


def read_line(
    line: str,
    character: CharacterBase,
    seed: int = 1,
    n_invented: int = N_INVENTED,
    choose: Choose | None = None,
    cancelled: IsCancelled = never,
) -> list[Proposal]:
    """Returns what a line says about a new character, and some inventions that go with it.

    Args:
        choose: Which invention fits best; weights can say. By chance when None.
    """
    line = " ".join(line[:MAX_LINE_CHARS].split())
    match = _NAME.match(line)
    name = match["name"].strip()[:MAX_NAME_CHARS] if match else ""
    what = line[match.end() :] if match else line
    proposals = [Proposal("name", name, "The line begins with it.", line)] if name else []
    named = character.model_copy(update={"name": name or character.name})
    prose = _as_prose(what)
    proposals.append(Proposal("summary", line.rstrip(".") + ".", "The line itself.", line))
    proposals += [proposal for proposal in read_prose(prose, named, cancelled) if proposal.path != "statements"]
    for sentence in split_sentences(prose):
        proposals.append(Proposal("statements", sentence, "The line says so.", line, is_addition=True))
    known = [proposal.value for proposal in proposals if proposal.path == "statements"]
    for found in walk_taxonomy(known, n_invented, seed, choose):
        stop_if(cancelled)
        why = f"Made up: {found.path.replace('/', ', ')}, {found.band} to what is known."
        proposals.append(Proposal("statements", found.sentence, why, is_addition=True, is_invented=True))
    return still_new(character, proposals)


def _as_prose(what: str) -> str:
    """Turns `a tired keeper of 58 who hides letters` into sentences in the first person."""
    what, *others = re.split(r"[;.]\s+", what.strip(" ."))
    relatives = [match["does"].strip() for match in _WHO.finditer(what)]
    core = _ARTICLE.sub(lambda article: article[0].lower(), _WHO.sub("", what).strip(" ,.;"))
    sentences = []
    for age in _AGE.finditer(core):
        number = number_of(age["number"] or age["last"])
        if number is not None:
            core = (core[: age.start()] + core[age.end() :]).strip(" ,")
            sentences.append(f"I am {number} years old.")
            break
    if core:
        verb, _, rest = core.partition(" ")
        sentences.insert(0, f"I {_first_person(verb)} {rest}." if verb in _VERBS else f"I am {core}.")
    sentences += [f"I {_all_first_person(does)}." for does in relatives]
    for other in others:
        subject, _, does = other.partition(" ")
        is_own = subject.casefold() in {"she", "he", "they"} and does
        sentences.append(f"I {_all_first_person(does)}." if is_own else f"{other[:1].upper()}{other[1:]}.")
    return " ".join(" ".join(sentence.split()).replace(" .", ".") for sentence in sentences)


def _all_first_person(does: str) -> str:
    """Returns `pass exams and kiss ducks` for `passes exams and kisses ducks`; `letters and books` stays."""
    clauses = re.split(r"\s+and\s+", does)
    parts = []
    for place, clause in enumerate(clauses):
        verb, _, rest = clause.partition(" ")
        is_verb = place == 0 or verb in _VERBS or (rest and verb.endswith("s") and not _PREPOSITION.match(rest))
        parts.append(f"{_first_person(verb)} {rest}".strip() if is_verb else clause)
    return " and ".join(parts)


def _first_person(verb: str) -> str:
    """Returns `hide` for `hides`, `am` for `is`; what is not in the third person stays."""
    if verb in _VERBS:
        return _VERBS[verb]
    if re.search(r"(?:[sxz]|ch|sh)es$", verb):
        return verb[:-2]
    if re.search(r"[^aeiou]ies$", verb):
        return f"{verb[:-3]}y"
    return verb[:-1] if re.search(r"[^s]s$", verb) else verb


_VERBS = {
    "is": "am", "was": "was", "has": "have", "does": "do", "goes": "go", "lives": "live", "works": "work",
    "likes": "like", "wants": "want", "cannot": "cannot", "never": "never", "loves": "love",
}  # fmt: skip
