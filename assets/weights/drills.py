"""Drills: one is asked, again and again, for what stands in the prompt, and answers.

Weights this small learn late to copy from the prompt, and everything else builds on it. So the answers are many and
short, and their values are hardly ever the same twice.
"""

import random
from dataclasses import dataclass, field, replace

from assets.weights import words
from assets.weights.actors import Actor, Filled, acquaint, draw_actor, give_aim, write_persona
from assets.weights.answers import Answers
from assets.weights.facts import (
    KINDS,
    Fact,
    ask,
    capital,
    draw_fact,
    first_person,
    reworded,
    second_person,
    uncapital,
    vary,
)
from assets.weights.interviews import set_temper
from assets.weights.layered import split_layered
from assets.weights.phrasebook import load_book
from assets.weights.plain_facts import draw_plain_fact
from assets.weights.questions import Asked, draw_question
from assets.weights.ratings import Temper, draw_rating, draw_temper
from assets.weights.sample import Line, Play, spare_thoughts
from assets.weights.states import think_in_states
from assets.weights.words import draw_names, draw_thing, draw_town, draw_value, open_words, with_article
from models.persona import Layers

_PHRASES = load_book("phrases")
_REQUESTS = (
    ("[Say this|Say after me|Repeat this]: {words}.", "{Words}."),
    ("[Remember this|Keep this in mind|Do not forget]: {words}.", "I will [remember|keep in mind]: {words}."),
    ("Tell {name} this: {words}.", "I will tell {name}: {words}."),
    ("[I need|Bring me|We must buy] {words}.", "[You need|I will bring you|We must buy] {words}."),
    ("The [list|message|password] is: {words}.", "{Words}. [I have it.|Understood.|]"),
)
_RECALLS = ("What were the words?", "What did I ask you to remember?", "Say it again.", "What was it again?")
_SHARES = {"fact": 66, "question": 12, "echo": 7, "present": 2, "rating": 5, "claim": 7, "lacking": 5}
_OPEN_SHARE = 0.45
_LAYERLESS = Layers()
_MOODS = ("afraid", "a little angry", "glad", "sad", "curious", "surprised", "at ease", "disgusted", "afraid and sad")
Said = tuple[str, str, str]
"""Question, answer, and the thought before the answer."""


@dataclass
class Drill:
    """An examination of the first of the actors by the others."""

    actors: list[Actor]
    temper: Temper
    rng: random.Random
    answers: Answers = field(init=False)
    asked: list[Fact] = field(default_factory=list)
    told: str = ""

    def __post_init__(self) -> None:
        self.answers = Answers(self.actors, Filled(), self.rng)

    @property
    def me(self) -> Actor:
        return self.actors[0]

    def draw(self, asker: Actor, shares: dict[str, int]) -> Said:
        """One question of one of the kinds, with its answer."""
        kind = self.rng.choices(list(shares), list(shares.values()))[0]
        said: Said = getattr(self, f"_ask_{kind}")(asker)
        return said

    def _ask_fact(self, asker: Actor) -> Said:
        facts = [fact for fact in self.me.facts if self.asked.count(fact) < 2 and fact is not self.me.silent_on]
        if not facts:
            return self._ask_question(asker)
        fact = self.rng.choice([fact for fact in facts if fact not in self.asked] or facts)
        self.asked.append(fact)
        question = ask(fact, self.rng)
        thought = _say("tell_thoughts", self.rng, asker=asker.name, topic=fact.topic, clause=fact.mine)
        return self._with_claim(asker, fact, question), self._answer(fact), thought

    def _answer(self, fact: Fact) -> str:
        kind, roll = KINDS.get(fact.kind), self.rng.random()
        self.answers.tell(self.me, fact)
        if kind and kind.short and roll < 0.25:
            return f"{capital(first_person(fact.values[kind.short]))}."
        if kind and roll < 0.32:
            return reworded(fact, self.rng).mine
        lead = _say("leads", self.rng) if self.rng.random() < 0.2 else ""
        return f"{lead} {fact.mine}".strip()

    def _with_claim(self, asker: Actor, fact: Fact, question: str) -> str:
        """At times the asker first says the same of themselves, which is not to be taken over."""
        if fact.kind not in KINDS or self.rng.random() > 0.35:
            return question
        own = asker.fact(fact.kind) or draw_fact(KINDS[fact.kind], self.rng)
        if own not in asker.facts:
            asker.facts.append(own)
        self.answers.tell(asker, own)
        return f"{own.mine} {self.rng.choice(('And you?', 'What about you?', question))}"

    def _ask_question(self, asker: Actor) -> Said:
        others = [one for one in self.actors[1:] if one is not asker]
        asked, question, _ = draw_question(asker, self.me, others, self.rng)
        thought, answer = self.answers.reply(self.me, asked)
        return question, answer, thought

    def _ask_claim(self, asker: Actor) -> Said:
        """The asker tells something, and asks for it again later."""
        heard = self.answers.actors[0].heard.get(asker.name, [])
        if heard and self.rng.random() < 0.6:
            fact = self.rng.choice(heard)
            question = _say("memory_questions", self.rng, topic=fact.topic)
            thought, answer = self.answers.reply(self.me, Asked(asker, "memory", fact))
            return question, answer, thought
        fact = draw_fact(self.rng.choice(list(KINDS.values())), self.rng)
        asker.facts.append(fact)
        self.answers.tell(asker, fact)
        value = first_person(fact.values.get("v", ""))
        echo = f"{capital(value)}? " if value and self.rng.random() < 0.7 else ""
        return fact.mine, echo + _say("reactions", self.rng), f"{asker.name} tells me about the {fact.topic}."

    def _ask_lacking(self, asker: Actor) -> Said:
        """The asker, or somebody else, says of themselves what the one who is asked knows nothing of."""
        kinds = [kind for kind in KINDS.values() if kind.lacking and not self.me.fact(kind.name)]
        if not kinds:
            return self._ask_question(asker)
        fact = draw_fact(self.rng.choice(kinds), self.rng)
        thought, answer = self.answers.reply(self.me, Asked(asker, "lacking", fact))
        if self.rng.random() < 0.2:
            return ask(fact, self.rng), answer, thought
        asker.facts.append(fact)
        self.answers.tell(asker, fact)
        return f"{fact.mine} {self.rng.choice(('And you?', 'What about you?', ask(fact, self.rng)))}", answer, thought

    def _ask_echo(self, asker: Actor) -> Said:
        if self.told and self.rng.random() < 0.6:
            told, self.told = self.told, ""
            return self.rng.choice(_RECALLS), f"{capital(told)}.", f"{asker.name} said: {told}."
        self.told = listed = _draw_words(self.rng)
        request, answer = self.rng.choice(_REQUESTS)
        slots = {"words": listed, "Words": capital(listed), "name": draw_value("given_names", self.rng)}
        return (
            vary(request.format(**slots), self.rng),
            vary(answer.format(**slots), self.rng),
            f"I must say it: {listed}.",
        )

    def _ask_present(self, asker: Actor) -> Said:
        names = [one.name for one in self.actors[1:]]
        question = self.rng.choice(("Who is here?", "Who is here with you?", "Who are you talking to?", "Who am I?"))
        if question == "Who am I?":
            return question, f"You are {asker.name}.", f"That is {asker.name}."
        text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return question, f"{text}.", f"I see {text}."

    def _ask_rating(self, asker: Actor) -> Said:
        return draw_rating(self.temper, self.rng)


def draw_drill(rng: random.Random, sentences: list[list[str]] | None = None) -> Play:
    """Draws an examination of the first of two to four people, in which every answer stands in the prompt.

    `sentences` are personas of human dialogue, some of which are taken as facts to be asked for.
    """
    words.set_open_share(_OPEN_SHARE)
    n_actors = rng.choices((2, 3, 4), (75, 18, 7))[0]
    people = [_draw_person(name, rng, sentences or []) for name in draw_names(n_actors, rng)]
    if rng.random() < 0.3:
        give_aim(people[0], rng)
    acquaint(people, rng)
    tempered = rng.random() < 0.1
    drill = Drill(people, draw_temper(rng) if tempered else Temper(), rng)
    shown = people[0].facts.pop() if len(people[0].facts) > 2 and rng.random() < 0.1 else None
    noted = people[0].facts.pop() if len(people[0].facts) > 2 and rng.random() < 0.12 else None
    layers = _LAYERLESS
    if rng.random() < 0.12:
        people[0].facts, layers = split_layered(facts := people[0].facts, rng)
    cast = [write_persona(one, rng) for one in people]
    if layers is not _LAYERLESS:
        people[0].facts = facts
        cast[0] = replace(cast[0], layers=layers)
    if noted:
        people[0].facts.append(noted)
    if shown:
        people[0].facts.append(shown)
        cast[0] = replace(cast[0], **_show(shown, rng))
    if tempered:
        cast[0] = set_temper(cast[0], drill.temper, rng)
    shares = _SHARES | ({} if tempered else {"rating": 0})
    lines: list[Line] = []
    for _ in range(rng.randint(8, 16)):
        asker = rng.choice(people[1:])
        question, answer, thought = drill.draw(asker, shares)
        if len(people) > 2 and rng.random() < 0.3:
            question = f"{people[0].name}, {uncapital(question)}"
        lines += [Line(asker.name, question), Line(people[0].name, answer, thought, _note(answer, noted, rng))]
    play = Play("drill", *_draw_place(rng), tuple(cast), tuple(lines))
    return think_in_states(spare_thoughts(play, rng), rng)


def _note(answer: str, noted: Fact | None, rng: random.Random) -> str:
    """A memory that comes back at the right moment, or a mood that changes nothing of what is true."""
    if noted is not None and noted.mine in answer:
        return f"You remember: {noted.mine}"
    return f"You feel {rng.choice(_MOODS)}." if rng.random() < 0.04 else ""


def _show(fact: Fact, rng: random.Random) -> dict[str, str]:
    """A fact that stands neither in the description nor in a statement: in the situation, or in an example."""
    if rng.random() < 0.4:
        return {"situation": rng.choice((fact.mine, second_person(fact.clause)))}
    return {"examples": f"<START>\n{{{{user}}}}: {ask(fact, rng)}\n{{{{char}}}}: {fact.mine}"}


def _draw_place(rng: random.Random) -> tuple[str, str]:
    if rng.random() < 0.6:
        return rng.choice(words.PLAIN_SETTINGS)
    place, thing = draw_value("places", rng), draw_thing(rng)
    return f"The {place}", f"The {place} of {draw_town(rng)}. There is {with_article(thing)} here."


def _draw_person(name: str, rng: random.Random, sentences: list[list[str]]) -> Actor:
    """Somebody with two to nine facts, no two of one topic."""
    person = draw_actor(name, rng, rng.choice(sentences) if sentences and rng.random() < 0.3 else [])
    extra = [draw_fact(kind, rng) for kind in rng.sample(list(KINDS.values()), rng.randint(0, 6))]
    extra += [draw_plain_fact(rng) for _ in range(rng.choice((0, 0, 1, 2, 3, 5)))]
    by_topic = {fact.topic: fact for fact in (*extra, *person.facts)}
    person.facts = rng.sample(list(by_topic.values()), len(by_topic))
    person.mood = person.tic = ""
    if person.silent_on not in person.facts:
        person.silent_on = None
    return person


def _say(key: str, rng: random.Random, **slots: str) -> str:
    return vary(rng.choice(_PHRASES[key]).format_map(slots), rng)


def _draw_words(rng: random.Random) -> str:
    items = [_draw_item(rng) for _ in range(rng.choice((1, 2, 3, 4, 5, 6, 8)))]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _draw_item(rng: random.Random) -> str:
    patterns = (
        "{n}",
        "{an}",
        "{p}",
        "{name}",
        "{town}",
        "{number} {p}",
        "the {n} of {name}",
        "{v} the {n}",
        "{number}",
    )
    return open_words().fill(rng.choice(patterns), rng)
