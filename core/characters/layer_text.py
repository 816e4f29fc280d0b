"""The layers of a persona as the weights read them: short plain sentences in the second person. Pure.

Each function renders one topic and returns an empty text where nothing is said.
"""

from collections.abc import Iterable, Sequence

from core.characters.trait_words import big_five_sentences, trait_sentences
from models.persona import Career, Horizon, LifeContext, MemoryNote, PersonalIdentity, SocialIdentity

MORAL_LEVELS = {
    1: "You do what is right, whatever it costs you.",
    2: "You mean well, and you have faults.",
    3: "You put your own good first.",
    4: "You harm others to get what you want, and you do not regret it.",
}
"""Source: the four levels of Moral RolePlay: paragon, flawed but good, egoist, villain; the words are ours."""
_PEOPLE = frozenset({"woman", "man", "girl", "boy"})


def identity_text(social: SocialIdentity) -> str:
    """Renders who somebody is to others."""
    parts = [
        f"You are {social.age} year{'' if social.age == 1 else 's'} old." if social.age is not None else "",
        _gender(social.gender.strip()),
        _labelled("Your pronouns", social.pronouns),
        _labelled("Your nationality", social.nationality),
        _labelled("Your home", social.residence),
        _labelled("Your education", social.education),
        _labelled("Your family", social.family),
        _labelled("Your belief", social.belief),
    ]
    return _sentences(parts)


def career_text(career: Career) -> str:
    """Renders what somebody does, can do and strives for."""
    parts = [
        _labelled("Your work", career.occupation),
        _labelled("You strive for this", career.aspiration),
        _labelled("Your skills", join_words(career.skills)),
    ]
    return _sentences(parts)


def traits_text(personal: PersonalIdentity) -> str:
    """Renders the five factors and the free traits."""
    return _sentences([*big_five_sentences(personal.big_five), *trait_sentences(personal.traits)])


def values_text(personal: PersonalIdentity) -> str:
    """Renders what somebody holds dear, and how good they are."""
    moral = MORAL_LEVELS[personal.moral_level] if personal.moral_level is not None else ""
    return _sentences([_labelled("Your values", join_words(personal.values)), moral])


def life_text(life: LifeContext) -> str:
    """Renders a usual day, likes and dislikes, interests, and what they wrote about themselves."""
    lines = [
        _labelled("Your usual day", life.day),
        _sentences(
            [
                _verbed("You like", life.likes),
                _verbed("You dislike", life.dislikes),
                _labelled("Your interests", join_words(life.interests)),
            ]
        ),
        *(
            _labelled(f"Your own words on {title}" if (title := essay.title.strip()) else "Your own words", essay.text)
            for essay in life.essays
        ),
    ]
    return _lines(lines)


def voice_rules_text(rules: Sequence[str]) -> str:
    """Renders the rules of speech, as the voice in prose is."""
    return _labelled("Voice", _sentences(end_sentence(rule) for rule in rules))


def samples_text(samples: Sequence[str]) -> str:
    """Renders lines that sound like the character."""
    return _lines(f"You sound like this: “{line}”" for sample in samples if (line := sample.strip().strip('“”"')))


def horizon_text(horizon: Horizon) -> str:
    """Renders the limits of what somebody can know."""
    date, place = horizon.date.strip().rstrip("."), horizon.place.strip().rstrip(".")
    lines = [
        f"It is {date} for you. You know nothing after {date}." if date else "",
        f"You know nothing beyond {place}." if place else "",
        *(_labelled("You do not know this", one) for one in horizon.unknown),
    ]
    return _lines(lines)


def secrets_text(secrets: Sequence[str]) -> str:
    """Renders what somebody knows and hides."""
    return _lines(_labelled("You hide this", secret) for secret in secrets)


def memories_text(memories: Sequence[MemoryNote]) -> str:
    """Renders what happened before the scene, in the author's order."""
    return _lines(
        _labelled(f"You remember, {when}" if (when := memory.when.strip()) else "You remember", memory.text)
        for memory in memories
    )


def join_words(words: Iterable[str]) -> str:
    """Joins words as a sentence does: `tea, rain and silence`."""
    kept = [word.strip().rstrip(".") for word in words if word.strip()]
    return kept[0] if len(kept) == 1 else f"{', '.join(kept[:-1])} and {kept[-1]}" if kept else ""


def end_sentence(text: str) -> str:
    """Returns a text with a full stop, unless it ends as a sentence does."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…”\"'" else f"{text}."


def _gender(gender: str) -> str:
    return f"You are a {gender.casefold()}." if gender.casefold() in _PEOPLE else _labelled("Your gender", gender)


def _labelled(label: str, text: str) -> str:
    return f"{label}: {end_sentence(text)}" if text.strip() else ""


def _verbed(verb: str, things: Sequence[str]) -> str:
    words = join_words(things)
    return f"{verb} {words}." if words else ""


def _sentences(parts: Iterable[str]) -> str:
    return " ".join(filter(None, parts))


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))
