"""The teaching set: scenes made up from parts, endless, and the same for the same state of the generator.

It teaches what licensed dialogue lacks: to use the persona, the goal and the secret, to say no, to know nothing of what
is not written there, to move a scene on, and to think a short thought first.
"""

import random
import re
from dataclasses import replace

from assets.weights import words
from assets.weights.actors import Actor, Filled, acquaint, draw_actor, give_aim, write_persona
from assets.weights.facts import KINDS, capital, draw_fact, vary
from assets.weights.matters import MATTERS, Exchange, Matter, Part
from assets.weights.phrasebook import load_book
from assets.weights.plots import draw_plot
from assets.weights.sample import Line, Play, spare_thoughts
from assets.weights.stage import Stage
from assets.weights.states import think_in_states
from assets.weights.threads import Talk
from assets.weights.words import PLAIN_SETTINGS, draw_thing, draw_town

USER_NAME = "You"
_SOMEBODY = "Somebody"
"""Stands for the user while a scene is made: `You` is no name to speak of."""
_WEIGHTS = {"deed": 32, "bargain": 11, "favour": 8, "lost": 14}
_WEIGHT_OF_OTHERS = 5
_PLOT_SHARE, _MATTER_SHARE = 0.5, 0.12
_THREADED_SHARE = 0.85
_INVENTED_NAMES = 0.5
_OPEN_SHARE = 0.2
"""How often a value of a scene is made of words without end; most are such as an author would write."""
_KINDS_THAT_CLASH = frozenset({"alibi", "sight", "hidden", "ware", "debt"})
_PHRASES = load_book("phrases")


def draw_play(rng: random.Random, sentences: list[list[str]] | None = None) -> Play:
    """Draws a scene. `sentences` are personas of human dialogue, some of which are taken as facts to be asked for."""
    words.set_open_share(_OPEN_SHARE)
    return think_in_states(spare_thoughts(_draw_play(rng, sentences or []), rng), rng)


def _draw_play(rng: random.Random, sentences: list[list[str]]) -> Play:
    roll = rng.random()
    if roll < _PLOT_SHARE:
        play = draw_plot(rng)
        return _with_surnames(play, rng) if rng.random() < 0.4 else play
    return _draw_matter(rng) if roll < _PLOT_SHARE + _MATTER_SHARE else _draw_talk(rng, sentences)


def _draw_matter(rng: random.Random) -> Play:
    matter = rng.choices(list(MATTERS.values()), [_WEIGHTS.get(name, _WEIGHT_OF_OTHERS) for name in MATTERS])[0]
    parts = list(matter.parts)
    if len(parts) == 3 and rng.random() < 0.2:
        parts.pop()
    n_bystanders = int(matter.name == "deed" and rng.random() < 0.2)
    names = words.draw_names(len(parts) + n_bystanders, rng)
    slots = _fill_slots(matter, parts, names, rng)
    actors = [draw_actor(name, rng, [], _KINDS_THAT_CLASH) for name in names]
    for actor, part in zip(actors, parts, strict=False):
        _cast_part(actor, part, slots, rng)
    for actor in actors[2:]:
        if rng.random() < 0.4:
            give_aim(actor, rng)
    for actor in actors[len(parts) :]:
        _give_alibi(actor, slots["time"], rng)
    exchanges = [exchange for exchange in matter.exchanges if _fits(exchange, slots, rng)]
    title, setting = _choose(matter.titles, slots, rng), _choose(matter.settings, slots, rng)
    n_turns = max(4, len(exchanges) * len(actors) + rng.choice((-4, 0, 1, 2, 4)))
    return _perform(Play(matter.name, title, setting, (), ()), actors, slots, exchanges, n_turns, rng)


def _fill_slots(matter: Matter, parts: list[Part], names: list[str], rng: random.Random) -> Filled:
    slots = Filled(_draw_place(rng) | matter.draw(rng))
    slots |= {part.name: name for part, name in zip(parts, names, strict=False)}
    slots.setdefault("witness", names[-1] if len(names) > len(parts) else "somebody else")
    return slots


def _draw_place(rng: random.Random) -> dict[str, str]:
    return {
        "weather": rng.choice(words.WEATHERS),
        "time": rng.choice(words.TIMES),
        "place": rng.choice(words.PLACES),
        "town": draw_town(rng),
        "thing": draw_thing(rng),
    }


def _cast_part(actor: Actor, part: Part, slots: Filled, rng: random.Random) -> None:
    actor.part = part
    actor.goal = _choose(part.goals, slots, rng)
    actor.secret = _choose(part.secrets, slots, rng)
    actor.knowledge = _choose(part.knowledge, slots, rng)


def _give_alibi(actor: Actor, time: str, rng: random.Random) -> None:
    alibi = draw_fact(KINDS["alibi"], rng)
    actor.facts.append(replace(alibi, clause=f"I was {alibi.values['v']} {time}."))


def _fits(exchange: Exchange, slots: Filled, rng: random.Random) -> bool:
    return exchange.when in slots if exchange.when else rng.random() < 0.93


def _choose(texts: tuple[str, ...], slots: Filled, rng: random.Random) -> str:
    return capital(vary(rng.choice(texts).format_map(slots), rng)) if texts else ""


def _draw_talk(rng: random.Random, sentences: list[list[str]]) -> Play:
    n_actors = rng.choices((2, 3, 4), (80, 16, 4))[0]
    human = bool(sentences) and rng.random() < 0.4
    names = words.draw_names(n_actors, rng, _INVENTED_NAMES)
    actors = [draw_actor(name, rng, rng.choice(sentences) if human else []) for name in names]
    if n_actors == 2 and rng.random() < 0.1:
        actors[1].name = _SOMEBODY
    for actor in actors:
        if rng.random() < 0.4:
            give_aim(actor, rng)
    slots = Filled(_draw_place(rng))
    if rng.random() < 0.25:
        title, setting = rng.choice(PLAIN_SETTINGS)
    else:
        title = capital(rng.choice(_PHRASES["talk_titles"]).format_map(slots))
        setting = rng.choice(_PHRASES["talk_settings"]).format_map(slots)
    n_facts = sum(len(actor.facts) for actor in actors)
    n_turns = rng.choice((rng.randint(4, 8), 4 + n_facts, 5 + n_facts * 2, 6 + n_facts * 2, 8 + n_facts * 3))
    play = Play("talk", title, setting, (), ())
    if rng.random() < _THREADED_SHARE:
        acquaint(actors, rng)
        return _with_lines(play, actors, slots, Talk(actors, rng).play(rng.randint(4, 20)), rng)
    return _perform(play, actors, slots, [], n_turns, rng)


def _perform(
    play: Play, actors: list[Actor], slots: Filled, exchanges: list[Exchange], n_turns: int, rng: random.Random
) -> Play:
    acquaint(actors, rng)
    lines = Stage(actors, slots, exchanges, rng).play(n_turns, by_mention=rng.random() < 0.4)
    return _with_lines(play, actors, slots, lines, rng)


def _with_lines(play: Play, actors: list[Actor], slots: Filled, lines: list[Line], rng: random.Random) -> Play:
    cast = [write_persona(actor, rng) for actor in actors if actor.name != _SOMEBODY]
    if len(cast) < len(actors):
        lines = [_without_name(line) for line in lines]
    if rng.random() < 0.5:
        rng.shuffle(cast)
    setting = f"{_open_setting(slots, rng)} {play.setting}".strip() if rng.random() < 0.25 else play.setting
    play = replace(play, setting=setting, cast=tuple(cast), lines=tuple(lines))
    return _with_surnames(play, rng) if rng.random() < 0.4 else play


def _without_name(line: Line) -> Line:
    """Takes the name out that the user has not."""
    text = re.sub(rf",? ?\b{_SOMEBODY}\b(?=[,.?!]|$)", "", re.sub(rf"\b{_SOMEBODY}, (\w)", r"\1", line.text))
    thought = re.sub(rf"(?<!^)(?<![.?!] )\b{_SOMEBODY}\b", "the stranger", line.thought)
    thought = thought.replace(_SOMEBODY, "The stranger")
    speaker = USER_NAME if line.speaker == _SOMEBODY else line.speaker
    return Line(speaker, capital(text.replace(_SOMEBODY, "you").strip()) or "Yes.", thought)


def _open_setting(slots: Filled, rng: random.Random) -> str:
    opened = Filled(slots | {"town": draw_town(rng), "year": str(rng.randint(1700, 1990))})
    return vary(rng.choice(_PHRASES["setting_openings"]).format_map(opened), rng)


def _with_surnames(play: Play, rng: random.Random) -> Play:
    """Gives the cast family names, which nobody uses in speech."""
    full = {one.name: f"{one.name} {rng.choice(words.SURNAMES)}" for one in play.cast}
    cast = tuple(replace(one, name=full[one.name]) for one in play.cast)
    lines = tuple(replace(line, speaker=full.get(line.speaker, line.speaker)) for line in play.lines)
    return replace(play, cast=cast, lines=lines)
