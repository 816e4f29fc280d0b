"""Whole scenes whose turns belong together: one role leads, the others answer from what they are, know and hide.

The words are in the phrase book (`plots.toml`, which says how a line is written). Here they are cast, filled and put in
an order in which every turn takes up the one before.
"""

import random
from dataclasses import replace
from string import capwords
from typing import Any

from assets.weights import words
from assets.weights.actors import Actor, Filled, draw_actor, write_persona
from assets.weights.facts import KINDS, Fact, ask, capital, draw_fact, first_person, uncapital
from assets.weights.phrasebook import load_book
from assets.weights.sample import Line, Play
from assets.weights.stage import voice
from assets.weights.wording import Wording

_PLOTS = load_book("plots")
_FURTHER_KINDS = (
    *("age", "pet", "tastes", "food", "family", "manner", "belief", "habit", "hate", "drink", "skill", "both", "wish"),
    *("colour", "death", "hobby", "teacher", "wound", "book", "song", "birthday", "origin", "grew"),
)
_MONTHS = ("January", "March", "April", "June", "August", "October", "November", "December")
_INVENTED_NAMES = 0.6
_HALLS = ("boathouse", "school", "town hall", "inn", "chapel", "courtroom", "dining hall", "barn")
_HOURS = ("early morning", "six in the morning", "just before dawn", "late evening", "noon", "nearly dark")


def draw_plot(rng: random.Random) -> Play:
    """Draws a scene, cast and played."""
    weights = [plot["weight"] for plot in _PLOTS.values()]
    name = rng.choices(list(_PLOTS), weights)[0]
    return _Plot(name, _PLOTS[name], rng).play()


class _Plot:
    """One scene in the making."""

    def __init__(self, name: str, plot: dict[str, Any], rng: random.Random) -> None:
        self.name, self.plot, self.rng, self.wording = name, plot, rng, Wording(rng)
        roles = list(plot["roles"])
        if len(roles) > 2 and rng.random() < 0.12:
            roles.pop()
        self.roles = {role["name"]: role for role in roles}
        self.slots = self._fill_slots([role["name"] for role in plot["roles"]])
        self.facts: dict[str, Fact] = {}
        self.actors = {role: self._cast(role) for role in self.roles}
        self.lines: list[Line] = []
        self.said: set[str] = set()

    def play(self) -> Play:
        """Plays the beats in their order, some of them left out."""
        first, *rest = [beat for beat in self.plot["beats"] if beat["to"] in self.roles]
        beats = [first, *(beat for beat in rest if self.rng.random() < 0.85)]
        in_turn = self.rng.random() < 0.4
        digress_at = self.rng.randrange(1, 12)
        for index, beat in enumerate(beats):
            self._beat(beat, in_turn)
            if index == digress_at:
                self._digress(beat["to"])
        title, setting = (self._fill(self.rng.choice(self.plot[key])) for key in ("titles", "settings"))
        cast = [write_persona(actor, self.rng) for actor in self.actors.values()]
        play = Play(f"plot:{self.name}", capwords(title), setting, tuple(cast), tuple(self.lines))
        return replace(play, cast=tuple(self.rng.sample(cast, len(cast)))) if self.rng.random() < 0.4 else play

    @property
    def leader(self) -> str:
        return next(iter(self.roles))

    def _fill_slots(self, roles: list[str]) -> Filled:
        rng = self.rng
        hall, other = rng.sample(_HALLS, 2)
        slots = Filled(
            town=words.draw_town(rng),
            far=words.draw_town(rng),
            month=rng.choice(_MONTHS),
            year=str(rng.randint(1850, 1990)),
            weather=rng.choice(words.WEATHERS),
            hall=hall,
            other=other,
            hour=rng.choice(_HOURS),
            n=words.spell_number(rng.randint(2, 40)),
            m=words.spell_number(rng.randint(2, 12)),
            price=str(rng.randint(10, 60)),
            offer=str(rng.randint(2, 9)),
            relative=rng.choice(words.RELATIVES),
            pet=words.draw_value("pet_names", rng),
        )
        names = words.draw_names(len(roles) + 1, rng, _INVENTED_NAMES)
        slots |= dict(zip(roles, names, strict=False)) | {"dead": names[-1]}
        for slot, text in rng.choice(self.plot["variants"]).items():
            slots[slot] = text.format_map(slots)
        return slots

    def _fill(self, text: str) -> str:
        return self.wording.vary(text.format_map(self.slots))

    def _cast(self, role: str) -> Actor:
        rng, entry = self.rng, self.roles[role]
        actor = replace(draw_actor(self.slots[role], rng, ["I am."]), facts=[], silent_on=None)
        job = self._fill(rng.choice(entry["jobs"]))
        self.slots[f"{role}_job"] = job
        facts = [self._own_fact(text) for text in entry["facts"]]
        topics = {fact.topic for fact in facts}
        kinds = rng.sample(_FURTHER_KINDS, rng.choice((0, 1, 2, 2, 3)))
        further = [fact for fact in (draw_fact(KINDS[kind], rng) for kind in kinds) if fact.topic not in topics]
        actor.facts = [self._job_fact(job), *rng.sample(both := facts + further, len(both))]
        actor.goal, actor.secret = (self._fill(rng.choice(entry[key])) for key in ("goals", "secrets"))
        return actor

    @staticmethod
    def _job_fact(job: str) -> Fact:
        return Fact("job", "work", f"I am {job}.", KINDS["job"].questions, {"v": job})

    def _own_fact(self, text: str) -> Fact:
        """A fact of the role, whose sentence fills a slot too."""
        slot, _, rest = text.partition(": ")
        clause, questions = rest.split(" | ")
        told = capital(self._fill(clause)) + "."
        said = first_person(told)
        self.slots[slot] = said
        self.slots[f"{slot}_low"] = uncapital(said)
        return Fact("plot", slot, told, tuple(self._fill(one) for one in questions.split(" / ")), {})

    def _beat(self, beat: dict[str, Any], in_turn: bool) -> None:
        """The leader's line and the answer, and at times somebody else's word."""
        self._say(self.leader, self.rng.choice(beat["asks"]))
        others = [role for role in self.roles if role not in (self.leader, beat["to"])]
        order = list(self.roles)
        before = [role for role in others if in_turn and order.index(role) < order.index(beat["to"])]
        for role in before:
            self._remark(role)
        self._say(beat["to"], self.rng.choice(beat["replies"]))
        for role in others:
            if role not in before and (in_turn or self.rng.random() < 0.25):
                self._remark(role)

    def _say(self, role: str, line: str) -> None:
        thought, speech = self.wording.split(self._fill(line))
        reacts = self.roles[role].get("reacts", [])
        if len(self.lines) > 1 and reacts and self.rng.random() < 0.4:
            speech = f"{self._fill(self.rng.choice(reacts))} {speech}".strip()
        self._add(role, speech, thought)

    def _remark(self, role: str) -> None:
        fresh = [line for line in self.roles[role]["remarks"] if line not in self.said]
        if not fresh:
            return
        line = self.rng.choice(fresh)
        self.said.add(line)
        thought, speech = self.wording.split(self._fill(line))
        self._add(role, speech, thought)

    def _add(self, role: str, speech: str, thought: str) -> None:
        actor = self.actors[role]
        self.lines.append(Line(actor.name, voice(actor, capital(speech), self.rng), capital(thought)))

    def _digress(self, role: str) -> None:
        """The leader asks for something that has nothing to do with the matter."""
        actor, asker = self.actors[role], self.slots[self.leader]
        facts = [fact for fact in actor.facts if fact.kind not in ("plot", "job")]
        if not facts:
            return
        fact = self.rng.choice(facts)
        thought = self.wording.say("ask_thoughts", target=actor.name, topic=f"{actor.name}'s {fact.topic}")
        question = ask(fact, self.rng)
        if len(self.roles) > 2:
            question = f"{question[:-1]}, {actor.name}{question[-1]}"
        self._add(self.leader, question, thought)
        told = self.wording.say("tell_thoughts", asker=asker, topic=fact.topic, clause=fact.mine)
        self._add(role, fact.mine, told)
