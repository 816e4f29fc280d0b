"""What can be said of a person, in every grammatical person, and how people ask for it.

A clause is written once, for `I`: `<keep>` marks a verb. A kind has clauses, values, questions and a topic.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from assets.weights import words
from assets.weights.phrasebook import load_book, words_of
from assets.weights.words import draw_name, draw_thing, draw_town, draw_value, with_article

_IRREGULAR = {"have": "has", "do": "does", "go": "goes", "pray": "prays", "buy": "buys", "owe": "owes", "say": "says"}


Draw = Callable[[random.Random], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact."""

    name: str
    topic: str
    clauses: tuple[str, ...]
    questions: tuple[str, ...]
    more_questions: tuple[str, ...]
    """Further from each other in their words."""
    draw: Draw
    lacking: tuple[str, ...] = ()
    """What somebody says who has no such fact."""
    yes_no: str = ""
    short: str = ""
    """The slot that answers every question of the kind by itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of one person."""

    kind: str
    topic: str
    clause: str
    questions: tuple[str, ...]
    values: dict[str, str]
    yes_no: str = ""

    @property
    def mine(self) -> str:
        return first_person(self.clause)


def vary(text: str, rng: random.Random) -> str:
    """Resolves `[one|other|]` from the inside out."""
    while match := re.search(r"\[([^\[\]]*)\]", text):
        text = text[: match.start()] + rng.choice(match[1].split("|")) + text[match.end() :]
    return re.sub(r" +([.,?!])", r"\1", re.sub(r" {2,}", " ", text)).strip()


def ask(fact: Fact, rng: random.Random) -> str:
    """One of the questions for a fact, at times with words around it."""
    question = vary(rng.choice(fact.questions), rng)
    if rng.random() > _FRAMED_SHARE:
        return question
    return vary(rng.choice(_FRAMES), rng).format(question=question, later=uncapital(question))


_FRAMED_SHARE = 0.25
_FRAMES = (
    "[So|And|Now|Tell me|Say|Well], {later}",
    "[May I ask|One question|I was wondering|Let me ask you this]: {later}",
    "[Forgive me, but|By the way,|Between us,|Before I forget,] {later}",
    "{question} [I have to ask.|I am only curious.|You can tell me.|Do not be shy.|I want to know.|Be honest.]",
    "[I hardly know you.|We have time.|It is quiet here.|Sit down.|I like to know people.] {question}",
    "[Listen.|Look at me.|Another thing.|Wait.|Please.] {question}",
)


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """The text as the end of another sentence: names and `I` keep their capitals."""
    first = re.match(r"[A-Za-z]+", text)
    return text[0].lower() + text[1:] if first and first[0].lower() in _ordinary_words() else text


def _ordinary_words() -> frozenset[str]:
    """What the phrase book writes small somewhere, but `I`."""
    return words_of(*_BOOKS, "more_questions", "open_words") - {"i"}


_BOOKS = ("facts", "matters", "phrases", "plain_facts", "plots", "threads", "words")


def first_person(clause: str) -> str:
    """`I keep bees.`"""
    return re.sub(r"<(\w+)>", r"\1", clause)


def second_person(clause: str) -> str:
    """`You keep bees.`"""
    swaps = {"I": "you", "am": "are", "was": "were", "my": "your", "me": "you"}
    text = re.sub(r"^My\b", "your", first_person(clause))
    return capital(_swap(text, swaps, "was" in clause and "I was" in clause))


def third_person(clause: str, name: str, woman: bool) -> str:
    """`Alma keeps bees.`: the first `I` is the name, the others the pronoun."""
    text = re.sub(r"<(\w+)>", lambda match: _add_s(match[1]), re.sub(r"^My\b", f"{name}'s", clause))
    swaps = {
        "I": "she" if woman else "he",
        "am": "is",
        "have": "has",
        "my": "her" if woman else "his",
        "me": "her" if woman else "him",
        "do": "does",
    }
    text = re.sub(r"\bI\b", name, text, count=1) if re.search(r"\bI\b", text) else text
    return capital(_swap(text, swaps, True))


def _swap(text: str, swaps: dict[str, str], with_was: bool) -> str:
    words_to_swap = [word for word in swaps if word != "was" or with_was]
    bare = r"(?:(?<!\bto )(?<!ould )(?<!\bwill )(?<!\bcan )(?<!\bmust )|(?!have\b|do\b))"  # where verbs have no ending
    return re.sub(bare + r"\b(" + "|".join(words_to_swap) + r")\b", lambda match: swaps[match[1]], text)


def _add_s(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}s"


def _pick(lists: dict[str, str]) -> Draw:
    return lambda rng: {slot: draw_value(name, rng) for slot, name in lists.items()}


def _job(rng: random.Random) -> dict[str, str]:
    job = with_article(draw_value("jobs", rng))
    if rng.random() < 0.3:
        place = draw_value("places", rng)
        job += rng.choice((f" in {draw_town(rng)}", f" at the {place}", f" on the {place}"))
    elif rng.random() < 0.15:
        job = f"the {job.split(' ', 1)[1]} of {draw_town(rng)}"
    return {"v": job}


def _home(rng: random.Random) -> dict[str, str]:
    place, town, adjective = draw_value("places", rng), draw_town(rng), rng.choice(words.ADJECTIVES)
    return {
        "v": rng.choice(
            (
                f"above the {place}",
                f"in {town}",
                f"near the {place}",
                f"behind the {place} in {town}",
                f"in {with_article(adjective)} house by the {place}",
                "alone on a hill",
                f"in a room over the {place}",
                f"with {draw_value('given_names', rng)} in {town}",
            )
        )
    }


def _number(low: int, high: int) -> Draw:
    def draw(rng: random.Random) -> dict[str, str]:
        number = rng.randint(low, high)
        return {"v": str(number) if rng.random() < 0.5 else words.spell_number(number), "n": draw_name(rng)}

    return draw


def _relative(rng: random.Random) -> dict[str, str]:
    relative, name = draw_value("relatives", rng), draw_value("given_names", rng)
    if relative in _WOMEN and name in words.MEN:
        name = rng.choice(words.WOMEN)
    elif relative not in (*_WOMEN, "cousin") and name in words.WOMEN:
        name = rng.choice(words.MEN)
    return {"v": relative, "n": name, "a": with_article(relative)}


_WOMEN = ("sister", "daughter", "aunt", "niece", "mother", "grandmother")


def _pet(rng: random.Random) -> dict[str, str]:
    animal = draw_value("animals", rng)
    return {"v": animal, "a": with_article(animal), "n": draw_value("pet_names", rng)}


def _property(rng: random.Random) -> dict[str, str]:
    thing = draw_thing(rng)
    return {"v": thing, "n": draw_value("places", rng), "a": with_article(thing)}


def _alibi(rng: random.Random) -> dict[str, str]:
    doing = rng.choice(("asleep", "alone", f"with {draw_value('given_names', rng)}", "at work", "drunk", "awake"))
    place = f"[in|at] the {draw_value('places', rng)}"
    return {"v": vary(place, rng) + rng.choice(("", f", {doing}")), "n": rng.choice(words.TIMES)}


def _duty(rng: random.Random) -> dict[str, str]:
    return {"v": draw_value("places", rng), "n": words.spell_number(rng.randint(2, 40)), "t": draw_town(rng)}


def _noticed(rng: random.Random) -> dict[str, str]:
    seen = rng.choice((draw_thing(rng), draw_value("places", rng)))
    return {"v": seen, "n": draw_value("states", rng) + rng.choice(("", " " + rng.choice(words.TIMES)))}


def _childhood(rng: random.Random) -> dict[str, str]:
    town, place = draw_town(rng), draw_value("places", rng)
    return {
        "v": rng.choice(
            (
                "on the island",
                "on a farm",
                "by the sea",
                "in the mountains",
                f"in {town}",
                f"near the {place}",
                "among sailors",
                "in a poor house",
            )
        )
    }


def _two(*lists: str) -> Draw:
    return lambda rng: {slot: draw_value(rng.choice(lists), rng) for slot in "vn"}


_DRAWS: dict[str, Draw] = {
    "job": _job,
    "home": _home,
    "origin": lambda rng: {"v": draw_town(rng)},
    "carry": lambda rng: {"v": with_article(draw_thing(rng))},
    "hidden": lambda rng: {"v": draw_thing(rng), "n": draw_value("hideouts", rng)},
    "past": _job,
    "promise": lambda rng: {"v": draw_value("wishes", rng), "n": draw_name(rng)},
    "debt": _number(2, 90),
    "friend": lambda rng: {"v": f"the {draw_value('jobs', rng)}", "n": draw_name(rng)},
    "enemy": lambda rng: {"n": draw_name(rng)},
    "age": _number(9, 91),
    "sight": lambda rng: {"v": draw_value("sights", rng), "n": rng.choice(words.TIMES)},
    "alibi": _alibi,
    "teacher": lambda rng: {"v": draw_value("skills", rng), "n": draw_value("relatives", rng)},
    "ware": lambda rng: {"v": with_article(draw_value("goods", rng)), "n": str(rng.randint(2, 60))},
    "feeling": lambda rng: {"v": draw_value("feelings", rng), "n": draw_value("reasons", rng)},
    "duty": _duty,
    "own": _property,
    "family": _relative,
    "pet": _pet,
    "both": _two("arts"),
    "tastes": _two("foods", "drinks", "joys"),
    "death": lambda rng: {"v": draw_value("relatives", rng), "n": draw_value("fates", rng)},
    "losing": lambda rng: {"v": draw_value("posts", rng)},
    "noticed": _noticed,
    "grew": _childhood,
    "manner": lambda rng: {"v": draw_value("manners", rng)},
}


_MORE_QUESTIONS = load_book("more_questions")


def _load_kinds() -> dict[str, Kind]:
    return {name: _load_kind(name, entry) for name, entry in load_book("facts").items()}


def _load_kind(name: str, entry: dict[str, Any]) -> Kind:
    return Kind(
        name=name,
        topic=entry["topic"],
        clauses=tuple(entry["clauses"]),
        questions=tuple(entry["questions"]),
        more_questions=tuple(_MORE_QUESTIONS.get(name, ())),
        draw=_DRAWS.get(name) or _pick(entry.get("values", {})),
        lacking=tuple(entry.get("lacking", ())),
        yes_no=entry.get("yes_no", ""),
        short=entry.get("short", ""),
    )


KINDS = _load_kinds()


def draw_fact(kind: Kind, rng: random.Random) -> Fact:
    """Draws values for a kind; the questions are those that fit them, the common ones twice."""
    values = kind.draw(rng)
    worded = (*kind.questions, *kind.questions, *kind.more_questions)
    questions = tuple(question.format(**values) for question in worded)
    clause = capital(vary(rng.choice(kind.clauses).format(**values), rng))
    return Fact(kind.name, kind.topic, clause, questions, values, kind.yes_no.format(**values))


def reworded(fact: Fact, rng: random.Random) -> Fact:
    """The same fact in another clause of its kind that says no more than this one."""
    clauses = [one for one in KINDS[fact.kind].clauses if _slots(one) == _slots_told(fact)]
    return replace(fact, clause=capital(vary(rng.choice(clauses).format(**fact.values), rng))) if clauses else fact


def _slots(clause: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", clause))


def _slots_told(fact: Fact) -> set[str]:
    told = fact.clause.lower()
    return {slot for clause in KINDS[fact.kind].clauses for slot in _slots(clause) if fact.values[slot].lower() in told}


def fact_from_sentence(sentence: str) -> Fact | None:
    """Makes a fact of a person's own sentence, with the questions that its first words suggest."""
    for pattern, topic, questions in _SENTENCES:
        if match := re.match(pattern, sentence):
            asked = tuple(question.format(*match.groups()) for question in questions)
            named = topic.format(*match.groups())
            return Fact(f"said:{named}", named, sentence, asked, {})
    return None


_TELL = ("Tell me about yourself.", "Tell me something about you.", "What should I know about you?")
_SENTENCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"My favou?rite ([\w ]+?) (?:is|are) ", "favourites", ("What is your favourite {0}?", "Which {0} do you like?")),
    (r"I (?:work|am working) ", "work", ("What do you do?", "What is your work?", "What do you do for a living?")),
    (r"I(?: am|'m) an? ", "life", ("What are you?", "Who are you?", *_TELL)),
    (r"I live ", "home", ("Where do you live?", "Where is your home?")),
    (r"I (?:grew up|was born|was raised|come from) ", "origin", ("Where did you grow up?", "Where are you from?")),
    (r"I (?:like|love|enjoy) ", "tastes", ("What do you like?", "What do you enjoy?", "What do you love?")),
    (r"I (?:hate|dislike|don't like|do not like) ", "dislikes", ("What do you not like?", "What do you hate?")),
    (r"I (?:want|hope|would like|plan) ", "wish", ("What do you want?", "What do you hope for?")),
    (r"I have (?:an? )?(\w+ ?\w*)\.?$", "things", ("What do you have?", *_TELL)),
    (
        r"My (\w+) (?:is|was|are|were|has|have|works|lives|taught|likes|loves) ",
        "{0}",
        ("Tell me about your {0}.", "What about your {0}?"),
    ),
    (r"I (?:can't|cannot|can not) ", "weakness", ("What can you not do?",)),
    (r"I(?: am|'m) (?:afraid|scared|terrified) ", "fear", ("What are you afraid of?", "What do you fear?")),
    (r"I ", "life", _TELL),
)
