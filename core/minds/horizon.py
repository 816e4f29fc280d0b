"""What a character is asked and cannot know, and whether it claims to know it all the same.

Sources: concept incongruence (methods 2.13) and role knowledge (2.17): nothing after a date, beyond a place, or on a
list. By rule: a sentence that asks, with a year after the horizon's, most telling words of something on the list, or
the name of a place that neither the horizon nor anything the character has read names.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any

from core.characters.prompt import Block, BlockOrigin
from core.characters.statements import split_sentences
from core.fidelity.words.abstaining import abstains, new_names, words_of
from core.fidelity.words.limits import asks, dates_beyond
from core.minds.moment import Contribution, Moment
from core.minds.plan_steps import telling_words
from core.world.spoken import speaks_fact
from models.persona import Horizon
from models.playtest import SpeakerKind, Turn

KEY = "horizon"
CANNOT_KNOW = "cannot_know"
"""Kind of the alarm."""
MAX_ASKED = 4
"""Of what was asked before one turn, what is told: the first."""
_NAME = r"((?:[A-Z][\w'’-]+)(?:\s(?:of\s)?[A-Z][\w'’-]+){0,3})"
_PLACES = (
    re.compile(
        r"\b(?:in|near|beyond|visit|visited|visiting|reached?|left"
        r"|(?:been|go|goes|going|went|gone|come|comes|came|coming|get|got|journey|voyage|way|road|ship|boat|train|news"
        rf"|letters?|move|moved|return|returned|travel\w*|sail\w*|fl[ye]w?)\s(?:to|from))\s(?:the\s)?{_NAME}"
    ),
    re.compile(rf"\b(?:[Ww]hat(?:'s|’s|\sis|\swas)|[Ww]here(?:'s|’s|\sis|\slies))\s(?:the\s)?{_NAME}(?=\slike|\?|,)"),
)
"""How a sentence speaks of a place by its name."""
_TIMES_TEXT = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december christmas easter lent god heaven hell lord english french german latin sir lady mr mrs miss
captain doctor father mother
"""
_NO_PLACES = frozenset(_TIMES_TEXT.split())


class Limit(StrEnum):
    """Which limit of the horizon is passed."""

    DATE = "date"
    UNKNOWN = "unknown"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Beyond:
    """Something that was asked and cannot be known."""

    limit: Limit
    about: str
    """In words that can follow `You cannot know about`."""
    number: int
    """The turn that asks."""
    question: str


def guard(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Says what cannot be known of what was asked since the character's last turn."""
    if not moment.rules.mind.guards_horizon:
        return None
    beyond = list(islice(asked_beyond(moment), MAX_ASKED))
    if not beyond:
        return None
    text = " ".join(dict.fromkeys(_note(one) for one in beyond))
    record = {
        "asked": [
            {"limit": one.limit.value, "about": one.about, "turn": one.number, "question": one.question}
            for one in beyond
        ],
        "known": sorted(_known_words(moment)),
    }
    return Contribution((Block(BlockOrigin.UNKNOWN, text),), record)


def asked_beyond(moment: Moment) -> Iterator[Beyond]:
    """Yields what others have asked since the character's last own turn that lies beyond its horizon."""
    horizon = moment.character.persona.horizon
    if not (horizon.date.strip() or horizon.place.strip() or any(one.strip() for one in horizon.unknown)):
        return
    familiar = cache(lambda: _familiar_names(moment))
    for turn in _since_own(moment):
        for sentence in split_sentences(turn.text):
            if asks(sentence):
                yield from _judge(sentence, turn.number, horizon, familiar)


def _judge(sentence: str, number: int, horizon: Horizon, familiar: Callable[[], frozenset[str]]) -> Iterator[Beyond]:
    for words in dates_beyond(sentence, horizon.date):
        yield Beyond(Limit.DATE, words, number, sentence)
    for one in horizon.unknown:
        if one.strip() and (speaks_fact(sentence, one) or _names_subject(sentence, one)):
            yield Beyond(Limit.UNKNOWN, one.strip().rstrip("."), number, sentence)
    if horizon.place.strip():
        for match in (found for expression in _PLACES for found in expression.finditer(sentence)):
            named = words_of(match[1])
            if not named & _NO_PLACES and not named & familiar():
                yield Beyond(Limit.PLACE, match[1], number, sentence)


def _names_subject(sentence: str, unknown: str) -> bool:
    """Whether a sentence has every name in an entry of the list, such as `Kennedy` in `who Kennedy was`."""
    names = {word.casefold() for word in re.findall(r"(?<!\A)\b[A-Z][\w'’-]+", unknown)}
    return bool(names) and names <= words_of(sentence)


def _note(beyond: Beyond) -> str:
    match beyond.limit:
        case Limit.DATE:
            return f"You cannot know about {beyond.about}: it is after your time. Say so."
        case Limit.PLACE:
            return f"You cannot know about {beyond.about}: it is beyond what you know. Say so."
    return f"You cannot know this: {beyond.about}. Say so."


def _since_own(moment: Moment) -> list[Turn]:
    since: list[Turn] = []
    for turn in reversed(moment.heard):
        if turn.speaker_id == moment.role_id:
            break
        if turn.kind != SpeakerKind.DIRECTOR:
            since.append(turn)
    return since[::-1]


def _familiar_names(moment: Moment) -> frozenset[str]:
    """Words that the character may be asked about: its persona, its role, the scene, the cast, what it said itself."""
    return words_of(*_read_texts(moment), *(turn.text for turn in moment.own))


def _read_texts(moment: Moment) -> list[str]:
    character, role = moment.character, moment.role
    layers = character.persona
    return [
        *moment.cast.values(),
        moment.user_name,
        moment.setting,
        character.description,
        character.personality,
        character.situation,
        character.knowledge,
        *character.statements,
        role.goal,
        role.secret,
        moment.told.facts,
        moment.told.world,
        layers.horizon.place,
        layers.social.residence,
        layers.social.nationality,
        layers.career.occupation,
        *(memory.text for memory in layers.memories),
    ]


def _known_words(moment: Moment) -> frozenset[str]:
    """Names and numbers that an answer may repeat without claiming to know anything."""
    texts = [*_read_texts(moment), moment.character.persona.horizon.date]
    names = {
        word.casefold() for text in texts for word in re.findall(r"\b(?:[A-Z][\w-]*|\d[\d,.]*)", text.replace("’", "'"))
    }
    return frozenset(name for name in names if name)


def judge_answer(record: Mapping[str, Any], answer: str) -> dict[str, Any]:
    """Returns what an answer makes of what could not be known: `abstained`, `claims` and the names it gives.

    Args:
        record: What `guard` kept with the turn.

    An answer claims to know when it does not abstain and names something new, or goes on about what was asked.
    """
    asked = [one for one in record.get("asked", ()) if isinstance(one, dict)]
    if not asked:
        return {}
    known = {word for word in record.get("known", ()) if isinstance(word, str)}
    questions = " ".join(str(one.get("question", "")) for one in asked)
    known |= words_of(questions)
    abstained = abstains(answer, known)
    named = new_names(answer, known)
    stated = " ".join(one for one in split_sentences(answer) if not one.rstrip("\"”’')").endswith("?"))
    about = telling_words(" ".join(str(one.get("about", "")) for one in asked)) - {"year"}
    claims = not abstained and bool(named or about & telling_words(stated))
    return {"abstained": abstained, "claims": claims, "named": named}
