"""Plays a made-up scene: whose turn it is, what they were asked, and what they do of their own accord."""

import random

from assets.weights.actors import Actor, Filled
from assets.weights.answers import Answers
from assets.weights.facts import Fact, capital, first_person, third_person, uncapital
from assets.weights.matters import Exchange
from assets.weights.questions import Asked, draw_question
from assets.weights.sample import NARRATOR, Line
from assets.weights.wording import Wording
from assets.weights.words import MOODS

Said = tuple[str, str]
"""A thought and the speech after it."""


class Stage:
    """A scene in the making."""

    def __init__(self, actors: list[Actor], slots: Filled, exchanges: list[Exchange], rng: random.Random) -> None:
        self.actors, self.slots, self.exchanges, self.rng = actors, slots, exchanges, rng
        self.wording = Wording(rng)
        self.answers = Answers(actors, slots, rng)
        self.lines: list[Line] = []
        self.waiting: dict[str, Asked] = {}
        self.seen: set[str] = set()

    def play(self, n_turns: int, by_mention: bool) -> list[Line]:
        """Plays turns in order, or lets whoever was asked go next."""
        index = 0 if self.exchanges and self.rng.random() < 0.6 else self.rng.randrange(len(self.actors))
        for n in range(n_turns):
            actor = self.actors[index]
            self._maybe_event(n)
            leaving = n >= n_turns - len(self.actors) and n_turns > 6
            self._speak(actor, farewell=leaving and len(self.actors) % 2 == 0 and not self.exchanges)
            asked = [i for i, one in enumerate(self.actors) if one.name in self.waiting and one is not actor]
            index = asked[-1] if by_mention and asked else (index + 1) % len(self.actors)
        return self.lines

    def _speak(self, actor: Actor, farewell: bool) -> None:
        thought, parts = "", []
        if actor.spoke == 0 and self.rng.random() < 0.35:
            parts.append(self.wording.say("greetings"))
        asked = self.waiting.pop(actor.name, None)
        said = self.answers.reply(actor, asked) if asked else self._react(actor)
        if said:
            thought = said[0]
            parts.append(said[1])
        if farewell:
            thought = thought or "It is time to go."
            parts.append(self.wording.say("farewells"))
        elif self._goes_on(actor, asked is not None):
            more_thought, speech = self._go_on(actor)
            thought = more_thought if not thought or self.rng.random() < 0.3 else thought
            parts.append(speech)
        actor.spoke += 1
        spoken = voice(actor, " ".join(filter(None, parts)), self.rng)
        self.lines.append(Line(actor.name, spoken, capital(thought.strip())))

    def _goes_on(self, actor: Actor, answered: bool) -> bool:
        """Whether somebody adds something of their own to an answer."""
        drives = actor is self.actors[0] and bool(self.exchanges)
        return (
            not answered
            or self.rng.random() < (0.08 if self.exchanges else 0.4)
            or (drives and self.rng.random() < 0.75)
        )

    def _go_on(self, actor: Actor) -> Said:
        if actor is self.actors[0] and self.exchanges and not any(one.asker is actor for one in self.waiting.values()):
            return self._ask_exchange(actor)
        return self._pursue(actor) or self._volunteer(actor) or self._ask(actor, self._somebody(actor))

    def _pursue(self, actor: Actor) -> Said | None:
        """A line that serves the actor's own part, goal or secret, or passes the time."""
        roll, target = self.rng.random(), self._somebody(actor)
        if actor.part and actor.part.remarks and roll < (0.5 if self.exchanges else 0.25):
            line = self.wording.fill(self.rng.choice(actor.part.remarks), self.slots, target=target.name)
            fresh = line not in self.seen
            self.seen.add(line)
            return self.wording.split(line) if fresh else None
        if actor.aim and roll < 0.3:
            return self.wording.split(self.wording.say("aim_lines", aim=actor.aim, target=target.name))
        if actor.hidden and roll < 0.4:
            return self.wording.split(self.wording.say("secret_lines", clause=actor.hidden.mine, target=target.name))
        if roll > 0.96:
            return self.wording.split(self.wording.say("remarks", **self.slots, weather_c=self.slots["weather_c"]))
        return None

    def _volunteer(self, actor: Actor) -> Said | None:
        """A fact of one's own that nobody asked for."""
        untold = [fact for fact in actor.facts if fact.mine not in self.answers.told and fact is not actor.silent_on]
        if not untold or self.rng.random() < 0.7:
            return None
        fact, target = self.rng.choice(untold), self._somebody(actor)
        self.answers.tell(actor, fact)
        thought = self.wording.say("volunteer_thoughts", target=target.name, topic=fact.topic, clause=fact.mine)
        return thought, f"{self.wording.say('volunteer_leads')} {fact.mine}".strip()

    def _somebody(self, actor: Actor) -> Actor:
        others = [one for one in self.actors if one is not actor]
        return self.rng.choice([one for one in others if one.name not in self.waiting] or others)

    def _ask_exchange(self, actor: Actor) -> Said:
        exchange = self.exchanges.pop(0)
        able = [one for one in self.actors if one.part and one.part.name in exchange.replies]
        target = self.rng.choice(able or [one for one in self.actors if one is not actor])
        self.waiting[target.name] = Asked(actor, "exchange", exchange=exchange)
        return self.wording.split(self.wording.fill(self.rng.choice(exchange.asks), self.slots, target=target.name))

    def _ask(self, actor: Actor, target: Actor) -> Said:
        others = [one for one in self.actors if one is not actor and one is not target]
        asked, question, topic = draw_question(actor, target, others, self.rng)
        if question in self.seen:
            asked, question, topic = draw_question(actor, target, others, self.rng)
        self.seen.add(question)
        self.waiting[target.name] = asked
        if len(self.actors) > 2 or self.rng.random() < 0.15:
            question = self._address(question, target)
        return self.wording.say("ask_thoughts", target=target.name, topic=topic), question

    def _address(self, question: str, target: Actor) -> str:
        if self.rng.random() < 0.5 and not question.startswith("I "):
            return f"{target.name}, {uncapital(question)}"
        return f"{question[:-1]}, {target.name}{question[-1]}"

    def _react(self, actor: Actor) -> Said | None:
        """Takes up what somebody else has just told."""
        if not self.answers.latest or self.answers.latest[0] is actor or self.rng.random() < 0.4:
            return None
        (other, fact), self.answers.latest = self.answers.latest, None
        about = _report(other, fact)
        same = actor.fact(fact.kind)
        if same and same is not actor.silent_on and same.mine not in self.answers.told and self.rng.random() < 0.5:
            self.answers.tell(actor, same)
            return f"{about} {same.mine}", f"{self.wording.say('same_leads')} {same.mine}".strip()
        value = first_person(fact.values.get("v", ""))
        echo = f"{capital(value)}? " if value and self.rng.random() < 0.4 else ""
        return self.wording.vary(f"{about} [Good to know.|I will remember it.||]"), echo + self.wording.say("reactions")

    def _maybe_event(self, n: int) -> None:
        if n and self.rng.random() < 0.04:
            event = self.wording.say("events", weather_c=self.slots["weather_c"])
            self.lines.append(Line(NARRATOR, event))


def voice(actor: Actor, text: str, rng: random.Random) -> str:
    """Adds what the actor often says, and what the actor does while speaking."""
    if actor.tic and rng.random() < 0.3:
        ends = rng.random() < 0.6
        text = f"{text[:-1]}, {actor.tic}{text[-1]}" if ends else f"{capital(actor.tic)}, {uncapital(text)}"
    if rng.random() < (0.22 if actor.mood else 0.03):
        action = rng.choice(MOODS[actor.mood or "calm"])
        text = f"*{action}* {text}" if rng.random() < 0.7 else f"{text} *{action}*"
    return text


def _report(other: Actor, fact: Fact) -> str:
    if fact.kind.startswith("said"):
        return f'{other.name} says: "{fact.mine}"'
    return third_person(fact.clause, other.name, other.woman)
