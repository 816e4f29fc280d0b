"""Interviews: somebody of known temper rates sentence after sentence, in a few words or as the app asks.

The question of a form and the words for the sliders of a persona are the app's own, so that both agree to the letter.
"""

import random
from dataclasses import replace

from assets.weights import words
from assets.weights.actors import acquaint, draw_actor, write_persona
from assets.weights.facts import ask
from assets.weights.ratings import IPIP, N_TAUGHT, SLIDERS, Temper, ask_in_words, draw_rating, draw_temper
from assets.weights.sample import NO_THOUGHT, Line, Persona, Play
from core.fidelity.interviews.digits import digit_question, orders_of
from core.fidelity.interviews.questionnaire import load_questionnaire
from models.persona import BigFive, PersonalIdentity

_FORM = load_questionnaire("ipip-50")
_ORDER = orders_of(_FORM, 1, 0)[0]
_IN_WORDS, _FACTS = 0.22, 0.08
_OPEN_SHARE = 0.3


def draw_interview(rng: random.Random, sentences: list[list[str]]) -> Play:
    """Draws an interview of the first of two people; the other asks."""
    words.set_open_share(_OPEN_SHARE)
    names = words.draw_names(2, rng)
    me, other = (
        draw_actor(name, rng, rng.choice(sentences) if sentences and rng.random() < 0.2 else []) for name in names
    )
    me.mood = me.tic = ""
    acquaint([me, other], rng)
    temper = draw_temper(rng)
    cast = [set_temper(write_persona(me, rng), temper, rng), write_persona(other, rng)]
    as_app = rng.random() < 0.2
    lines: list[Line] = []
    for _ in range(rng.randint(6, 9) if as_app else rng.randint(16, 26)):
        roll = rng.random()
        facts = [fact for fact in me.facts if fact is not me.silent_on]
        if roll < _FACTS and facts:
            fact = rng.choice(facts)
            lines += [Line(other.name, ask(fact, rng)), Line(me.name, fact.mine, f"{other.name} may know that.")]
        elif roll < _FACTS + _IN_WORDS:
            question, answer, thought = ask_in_words(temper, rng)
            lines += [Line(other.name, question), Line(me.name, answer, thought)]
        elif as_app:
            remark = rng.choice(("Let us go on.", "Thank you.", "And now?", "Good.", "Tell me about you."))
            lines += [Line(other.name, remark), rate_as_app(me.name, temper, rng)]
        else:
            question, digit, thought = draw_rating(temper, rng)
            lines += [Line(other.name, question), Line(me.name, digit, thought if rng.random() < 0.5 else NO_THOUGHT)]
    title, setting = rng.choice(words.PLAIN_SETTINGS)
    return Play("interview", title, setting, tuple(cast), tuple(lines))


def set_temper(persona: Persona, temper: Temper, rng: random.Random) -> Persona:
    """Writes a temper into a persona: as words, as sentences, or on the sliders."""
    both = persona.statements + temper.sentences
    persona = replace(persona, personality=temper.personality, statements=tuple(rng.sample(both, len(both))))
    if not temper.degrees:
        return persona
    sliders = {SLIDERS[trait]: _on_slider(trait, degree) for trait, degree in temper.degrees.items()}
    layers = persona.layers.model_copy(update={"personal": PersonalIdentity(big_five=BigFive(**sliders))})
    return replace(persona, layers=layers)


def _on_slider(trait: str, degree: int) -> int:
    return 100 - degree if trait == "S" else degree


def rate_as_app(name: str, temper: Temper, rng: random.Random) -> Line:
    """A digit for one of the taught items of the app's form, in the app's words."""
    known = [index for index in range(N_TAUGHT) if IPIP[index][0] in temper.levels]
    index = rng.choice(known) if known and rng.random() < 0.85 else rng.randrange(N_TAUGHT)
    trait, positive, _ = IPIP[index]
    question = digit_question(_FORM, _FORM.items[index], _ORDER)
    return Line(name, temper.rate(trait, positive), NO_THOUGHT, question)
