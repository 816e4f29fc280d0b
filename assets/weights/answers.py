"""How somebody in a made-up scene answers: from the persona, from what was heard, or not at all."""

import random

from assets.weights.actors import Actor, Filled
from assets.weights.facts import KINDS, Fact, second_person, third_person
from assets.weights.questions import Asked
from assets.weights.wording import Wording

Said = tuple[str, str]
_SECRETIVE_PARTS = ("culprit", "debtor", "holder")


class Answers:
    """Answers of a cast, and what of their facts has been told so far."""

    def __init__(self, actors: list[Actor], slots: Filled, rng: random.Random) -> None:
        self.actors, self.slots, self.rng = actors, slots, rng
        self.wording = Wording(rng)
        self.told: set[str] = set()
        self.latest: tuple[Actor, Fact] | None = None

    def tell(self, actor: Actor, fact: Fact) -> None:
        """Notes that everybody has heard a fact."""
        self.told.add(fact.mine)
        self.latest = (actor, fact)
        for other in self.actors:
            if other is not actor and fact not in other.heard.setdefault(actor.name, []):
                other.heard[actor.name].append(fact)

    def reply(self, actor: Actor, asked: Asked) -> Said:
        """The thought and the speech of an answer."""
        match asked.about:
            case "exchange":
                return self._reply_exchange(actor, asked)
            case "name":
                return self._reply_name(actor, asked)
            case "want":
                return self._reply_want(actor, asked)
            case "other":
                return self._reply_other(actor, asked)
            case "memory":
                return self._reply_memory(actor, asked)
            case "open":
                return self._reply_open(actor, asked)
            case "secret":
                return self._reply_secret(asked)
            case "lacking":
                return self._reply_lacking(actor, asked)
            case _:
                return self._reply_fact(actor, asked)

    def _reply_fact(self, actor: Actor, asked: Asked) -> Said:
        fact, asker = _fact_of(asked), asked.asker.name
        if fact is actor.silent_on:
            thought = f"{asker} asks about my {fact.topic}. [I never speak of it.|I must not speak of it.|Not that.]"
            return self.wording.vary(thought), self.wording.say("refusals", topic=fact.topic)
        self.tell(actor, fact)
        thought = self.wording.say("tell_thoughts", asker=asker, topic=fact.topic, clause=fact.mine)
        lead = self.wording.say({"yes": "yes", "no": "denials"}.get(asked.about, "leads"))
        return thought, f"{lead} {fact.mine}".strip()

    def _reply_name(self, actor: Actor, asked: Asked) -> Said:
        job = actor.fact("job")
        text = self.wording.vary(f"[I am|My name is|They call me|] {actor.name}.")
        return (
            f"{asked.asker.name} does not know me.",
            f"{text} {job.mine}" if job and self.rng.random() < 0.5 else text,
        )

    def _reply_want(self, actor: Actor, asked: Asked) -> Said:
        if actor.aim:
            text = self.wording.vary(f"I [want|am here|hope|only want] to {actor.aim}.")
            return f"I can say what I want. I want to {actor.aim}.", text
        goal = actor.goal.rstrip(".")
        if _can_be_said(goal) and not (actor.part and actor.part.name in _SECRETIVE_PARTS):
            text = self.wording.vary(f"I [want|am here|hope] to {goal[0].lower()}{goal[1:]}.")
            return f"I will say it openly. {goal}.", text
        if wish := actor.fact("wish"):
            return f"{asked.asker.name} wants to know what I want.", wish.mine
        return "I will not say what I want.", self.wording.vary(
            "[Nothing that you need to know.|Only to talk.|I was just passing by.|I wanted some company.]"
        )

    def _reply_other(self, actor: Actor, asked: Asked) -> Said:
        name = asked.name
        if name == actor.name:
            return "That is my own name.", f"{name}? That is me."
        if name in actor.known:
            about = actor.known[name]
            return f"I know something about {name}. {about}", self.wording.vary(f"[{name}?|] {about}")
        if heard := actor.heard.get(name):
            return self._pass_on(name, heard[-1])
        bond = next((fact for fact in actor.facts if fact.values.get("n") == name), None)
        if bond is not None:
            return f"I know {name}. {bond.mine}", bond.mine
        return f"I know nothing about {name}.", self.wording.say("unknown_others", name=name)

    def _pass_on(self, name: str, fact: Fact) -> Said:
        other = next(one for one in self.actors if one.name == name)
        if fact.kind.startswith("said"):
            return f"{name} told me something.", f'{name} said: "{fact.mine}"'
        about = third_person(fact.clause, name, other.woman)
        return f"{name} told me something. {about}", about

    def _reply_memory(self, actor: Actor, asked: Asked) -> Said:
        asker, fact = asked.asker.name, _fact_of(asked)
        if fact in actor.heard.get(asker, []):
            about = second_person(fact.clause)
            return f"{asker} told me that. {about}", self.wording.vary(f"[You told me.|Yes.|Of course.|] {about}")
        text = "[You did not tell me|You never said|You have not told me yet][.|. Tell me.]"
        return f"{asker} never told me.", self.wording.vary(text)

    def _reply_open(self, actor: Actor, asked: Asked) -> Said:
        facts = [fact for fact in actor.facts if fact is not actor.silent_on and fact.mine not in self.told]
        if not facts:
            text = "[There is not much to tell.|You know it all now.|I have told you everything.]"
            return "I have told everything.", self.wording.vary(text)
        chosen = self.rng.sample(facts, min(len(facts), self.rng.choice((1, 2, 2))))
        for fact in chosen:
            self.tell(actor, fact)
        asker = asked.asker.name
        thought = f"[{asker} wants to know who I am.|I will tell {asker} who I am.|What shall I tell? {chosen[0].mine}]"
        return self.wording.vary(thought), " ".join(fact.mine for fact in chosen)

    def _reply_secret(self, asked: Asked) -> Said:
        thought = f"[{asked.asker.name} must not learn it.|That is my secret.|I will lie.] {_fact_of(asked).mine}"
        return self.wording.vary(thought), self.wording.say("secret_denials")

    def _reply_lacking(self, actor: Actor, asked: Asked) -> Said:
        fact = _fact_of(asked)
        thought = (
            f"{asked.asker.name} asks about my {fact.topic}. [I know nothing of that.|That is not in my life.|No.]"
        )
        lines = KINDS[fact.kind].lacking
        text = self.wording.vary(self.rng.choice(lines)) if self.rng.random() < 0.6 else self.wording.say("unknown")
        if actor.facts and actor.silent_on is None and self.rng.random() < 0.2:
            text += f" {self.rng.choice(actor.facts).mine}"
        return self.wording.vary(thought), text

    def _reply_exchange(self, actor: Actor, asked: Asked) -> Said:
        assert asked.exchange is not None
        options = asked.exchange.replies.get(actor.part.name if actor.part else "")
        if options:
            line = self.wording.fill(self.rng.choice(options), self.slots, target=asked.asker.name)
            return self.wording.split(line)
        alibi = actor.fact("alibi")
        if alibi and "here were you" in asked.exchange.asks[0]:
            return f"I have nothing to hide. {alibi.mine}", alibi.mine
        return self.wording.split(self.wording.say("fallbacks"))


def _fact_of(asked: Asked) -> Fact:
    assert asked.fact is not None
    return asked.fact


def _can_be_said(goal: str) -> bool:
    """Whether a goal reads well after `I want to`."""
    return (
        bool(goal) and " you" not in f" {goal.lower()}" and not set(goal) & set(":.") and not goal.startswith("Do not")
    )
