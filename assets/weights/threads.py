"""Talks that keep to a subject: a question, its answer, what the other says to it, a further question, and what the
other has to say of the same. Then another subject.
"""

import random
from dataclasses import replace

from assets.weights.actors import Actor
from assets.weights.facts import (
    KINDS,
    Fact,
    ask,
    capital,
    draw_fact,
    first_person,
    second_person,
    third_person,
    uncapital,
)
from assets.weights.phrasebook import load_book
from assets.weights.sample import Line
from assets.weights.stage import voice
from assets.weights.wording import Wording

_THREADS = load_book("threads")
_BACK = ("And you?", "What about you?", "And you, {name}?", "How is it with you?", "And yours?")
_LINKS = ("", "", "", "", "Something else.", "Tell me another thing.", "I have one more question.", "I was wondering.")


class Talk:
    """A talk of two or more, who ask each other for what stands in their personas."""

    def __init__(self, actors: list[Actor], rng: random.Random) -> None:
        self.actors, self.rng, self.wording = actors, rng, Wording(rng)
        self.lines: list[Line] = []
        self.told: list[tuple[Actor, Fact]] = []
        self.aimed: set[str] = set()
        self.by_name = {actor.name: actor for actor in actors}

    def play(self, n_turns: int) -> list[Line]:
        """Plays about so many turns. A long talk may end with a farewell."""
        first, second = self._pair()
        self._greet(first, second)
        while len(self.lines) < n_turns:
            self._thread(first, second)
            if self.rng.random() < 0.6:
                first, second = second, first
            if len(self.actors) > 2 and self.rng.random() < 0.5:
                first, second = self._pair()
            if self.lines[-1].speaker == first.name and self.rng.random() < 0.5:
                first, second = second, first
        if len(self.lines) > 12 and self.rng.random() < 0.2:
            self._part(first, second)
        return [replace(line, text=voice(self.by_name[line.speaker], line.text, self.rng)) for line in self.lines]

    def _pair(self) -> tuple[Actor, Actor]:
        able = [one for one in self.actors if not self.lines or one.name != self.lines[-1].speaker]
        first = self.rng.choice(able)
        return first, self.rng.choice([one for one in self.actors if one is not first])

    def _say(self, actor: Actor, text: str, thought: str) -> None:
        """Adds a turn, or goes on with the last one where it is the same speaker's."""
        text, thought = self.wording.vary(text), self.wording.vary(thought)
        if self.lines and self.lines[-1].speaker == actor.name:
            last = self.lines.pop()
            text, thought = f"{last.text} {text}", last.thought if self.rng.random() < 0.5 else thought
        self.lines.append(Line(actor.name, text.strip(), capital(thought.strip())))

    def _greet(self, first: Actor, second: Actor) -> None:
        if self.rng.random() < 0.6:
            return
        greeting = self.wording.say("greetings")
        self._say(first, greeting, self.wording.vary(f"[That is {second.name}.|I will greet {second.name}.|]"))
        self._say(second, self.wording.say("greetings"), self.wording.vary(f"[{first.name} greets me.|]"))

    def _part(self, first: Actor, second: Actor) -> None:
        self._say(first, self.wording.say("farewells"), "It is time to go.")
        self._say(second, self.wording.say("farewells"), f"{first.name} is leaving.")

    def _thread(self, asker: Actor, teller: Actor) -> None:
        """One subject between two."""
        special = self.rng.choice((self._recall, self._introduce, self._open, self._aim, self._pry, self._gossip))
        if self.rng.random() < 0.3 and special(asker, teller):
            return
        if not self._untold(teller) and self._untold(asker):
            asker, teller = teller, asker
        roll, untold = self.rng.random(), self._untold(teller)
        if teller.silent_on and teller.silent_on.questions and roll > 0.96:
            self._refuse(asker, teller, teller.silent_on)
        elif not untold or roll > 0.95:
            self._lack(asker, teller)
        elif roll < 0.16:
            self._volunteer(teller, asker, self.rng.choice(untold))
        else:
            self._ask(asker, teller, self.rng.choice(untold))

    def _untold(self, actor: Actor) -> list[Fact]:
        return [fact for fact in actor.facts if (actor, fact) not in self.told and fact is not actor.silent_on]

    def _ask(self, asker: Actor, teller: Actor, fact: Fact) -> None:
        self._question(asker, teller, fact)
        answer, own = self._answer(fact), asker.fact(fact.kind)
        self.told.append((teller, fact))
        thought = self.wording.say("tell_thoughts", asker=asker.name, topic=fact.topic, clause=fact.mine)
        if self.rng.random() < (0.3 if own else 0.06):
            back = self.rng.choice(_BACK).format(name=asker.name)
            self._say(teller, f"{answer} {back}", thought)
            self._answer_back(asker, teller, fact, own)
            return
        self._say(teller, answer, thought)
        self._go_on(asker, teller, fact, own)

    def _question(self, asker: Actor, teller: Actor, fact: Fact) -> None:
        question = ask(fact, self.rng)
        if len(self.actors) > 2 or self.rng.random() < 0.15:
            question = f"{question[:-1]}, {teller.name}{question[-1]}"
        thought = self.wording.say("ask_thoughts", target=teller.name, topic=f"{teller.name}'s {fact.topic}")
        link = self.rng.choice(_LINKS) if len(self.lines) > 3 else ""
        self._say(asker, f"{link} {question}", thought)

    def _answer(self, fact: Fact) -> str:
        kind = KINDS.get(fact.kind)
        if kind and kind.short and self.rng.random() < 0.2:
            return f"{capital(first_person(fact.values[kind.short]))}."
        lead = self.wording.say("leads") if self.rng.random() < 0.15 else ""
        return f"{lead} {fact.mine}".strip()

    def _answer_back(self, asker: Actor, teller: Actor, fact: Fact, own: Fact | None) -> None:
        """The asker was asked the same."""
        if own and own is not asker.silent_on:
            self.told.append((asker, own))
            self._say(asker, own.mine, f"{teller.name} asks me the same. {own.mine}")
            self._react(teller, asker, own)
            return
        lacking = KINDS[fact.kind].lacking if fact.kind in KINDS else ()
        text = self.wording.vary(self.rng.choice(lacking)) if lacking else self.wording.say("unknown")
        self._say(asker, text, f"{teller.name} asks me the same. I have nothing to tell about my {fact.topic}.")

    def _go_on(self, asker: Actor, teller: Actor, fact: Fact, own: Fact | None) -> None:
        """What the asker says to the answer: a word, a further question, or the like of themselves."""
        roll = self.rng.random()
        if roll < 0.45:
            self._follow(asker, teller, fact)
        elif own and roll < 0.75 and (asker, own) not in self.told and own is not asker.silent_on:
            self.told.append((asker, own))
            self._say(asker, f"{self._reaction(teller, fact)} {own.mine}", f"{_report(teller, fact)} {own.mine}")
            self._react(teller, asker, own)
        else:
            self._react(asker, teller, fact)

    def _follow(self, asker: Actor, teller: Actor, fact: Fact) -> None:
        question, answer = self._fill(self.rng.choice(_of(fact, "follow")), fact).split(" :: ")
        reaction = self._reaction(teller, fact) if self.rng.random() < 0.4 else ""
        if reaction.endswith("?"):
            reaction = ""
        self._say(asker, f"{reaction} {question}", f"{_report(teller, fact)} [I want to know more.|I will ask more.]")
        thought = f"{asker.name} wants to know more about my {fact.topic}."
        self._say(teller, answer, thought)
        if self.rng.random() < 0.4:
            self._say(asker, self.wording.say("reactions"), "")

    def _react(self, hearer: Actor, teller: Actor, fact: Fact) -> None:
        text = self._reaction(teller, fact)
        self._say(hearer, text, f"{_report(teller, fact)} [Good to know.|I will remember it.||]")

    def _reaction(self, teller: Actor, fact: Fact) -> str:
        return self._fill(self.rng.choice(_of(fact, "react")), fact)

    def _fill(self, text: str, fact: Fact) -> str:
        values = {name: first_person(value) for name, value in fact.values.items()}
        slots = values | {name.upper(): capital(value) for name, value in values.items()}
        return self.wording.vary(text.format_map(slots))

    def _volunteer(self, teller: Actor, hearer: Actor, fact: Fact) -> None:
        self.told.append((teller, fact))
        thought = self.wording.say("volunteer_thoughts", target=hearer.name, topic=fact.topic, clause=fact.mine)
        lead = self.wording.say("volunteer_leads")
        self._say(teller, f"{lead} {uncapital(fact.mine) if lead.endswith(',') else fact.mine}", thought)
        self._go_on(hearer, teller, fact, hearer.fact(fact.kind))

    def _refuse(self, asker: Actor, teller: Actor, fact: Fact) -> None:
        self._question(asker, teller, fact)
        thought = f"{asker.name} asks about my {fact.topic}. [I never speak of it.|I must not speak of it.|Not that.]"
        self._say(teller, self.wording.say("refusals", topic=fact.topic), thought)
        self._say(asker, "[As you like.|I did not mean to pry.|Then let us talk about something else.]", "")

    def _lack(self, asker: Actor, teller: Actor) -> None:
        """Something is asked that the teller's persona does not say."""
        topics = {fact.topic for fact in teller.facts}
        kind = self.rng.choice([one for one in KINDS.values() if one.lacking and one.topic not in topics])
        fact = draw_fact(kind, self.rng)
        self._question(asker, teller, fact)
        text = self.rng.choice(kind.lacking) if self.rng.random() < 0.7 else self.wording.say("unknown")
        self._say(teller, text, f"{asker.name} asks about my {kind.topic}. [That is not in my life.|I have no answer.]")

    def _introduce(self, asker: Actor, teller: Actor) -> bool:
        """Asks for the name; false where the talk is under way."""
        if len(self.lines) > 4:
            return False
        job = teller.fact("job")
        self._say(asker, self.wording.say("name_questions"), "I do not know this one.")
        told = f" {job.mine}" if job and job is not teller.silent_on and self.rng.random() < 0.5 else ""
        self._say(teller, f"[I am|My name is|They call me|] {teller.name}.{told}", f"{asker.name} asks for my name.")
        text = f"[And I am|My name is] {asker.name}." if self.rng.random() < 0.5 else f"[Well met|Good], {teller.name}."
        self._say(asker, text, f"So that is {teller.name}.")
        return True

    def _open(self, asker: Actor, teller: Actor) -> bool:
        """Asks for anything; false where all has been told."""
        facts = self._untold(teller)
        if not facts:
            return False
        chosen = self.rng.sample(facts, min(len(facts), self.rng.choice((1, 2))))
        self._say(asker, self.wording.say("open_questions"), f"I want to know more about {teller.name}.")
        self.told += [(teller, fact) for fact in chosen]
        thought = f"{asker.name} wants to know who I am. {chosen[0].mine}"
        self._say(teller, " ".join(fact.mine for fact in chosen), thought)
        self._go_on(asker, teller, chosen[-1], asker.fact(chosen[-1].kind))
        return True

    def _aim(self, asker: Actor, teller: Actor) -> bool:
        """Somebody says what they came for, asked or not; false where there is no such aim."""
        if not teller.aim or teller.name in self.aimed:
            return False
        self.aimed.add(teller.name)
        if self.rng.random() < 0.5:
            self._say(asker, self.wording.say("want_questions"), f"I want to know what {teller.name} wants.")
            self._say(teller, f"I [want|am here|hope|only want] to {teller.aim}.", f"I want to {teller.aim}.")
        else:
            thought, speech = self.wording.split(self.wording.say("aim_lines", aim=teller.aim, target=asker.name))
            self._say(teller, speech, thought)
        aim = teller.aim.replace(" my ", " a ")
        thought = f"{teller.name} wants to {aim}. [I will help.|That is not my business.|Why?]"
        self._say(asker, self.wording.say("aim_replies"), thought)
        return True

    def _pry(self, asker: Actor, teller: Actor) -> bool:
        """Asks for what the teller hides; false where nothing is hidden."""
        hidden = teller.hidden
        if not hidden or not hidden.questions:
            return False
        self._question(asker, teller, hidden)
        thought = f"[{asker.name} must not learn it.|That is my secret.|I will not say it.] {hidden.mine}"
        self._say(teller, self.wording.say("secret_denials"), thought)
        thought = f"{teller.name} [may be lying.|hides something.|knows nothing.]"
        self._say(asker, self.wording.say("denial_replies"), thought)
        return True

    def _gossip(self, asker: Actor, teller: Actor) -> bool:
        """Asks about somebody whom the teller's persona knows; false where there is nobody."""
        known = {name: about for name, about in teller.known.items() if name != asker.name}
        if not known:
            return False
        name, about = self.rng.choice(list(known.items()))
        self._say(asker, self.wording.say("other_questions", name=name), f"I want to know about {name}.")
        self._say(teller, about, f"I know something about {name}. {about}")
        self._say(asker, self.rng.choice(_THREADS["any"]["react"]), "")
        return True

    def _recall(self, asker: Actor, teller: Actor) -> bool:
        """Asks what was said before; false where nothing was."""
        heard = [(one, fact) for one, fact in self.told if one is not teller and fact.kind in KINDS]
        if not heard:
            return False
        one, fact = self.rng.choice(heard)
        about = third_person(fact.clause, one.name, one.woman)
        if one is asker:
            self._say(asker, self.wording.say("memory_questions", topic=fact.topic), "")
            told = second_person(fact.clause)
            self._say(teller, f"[You told me.|Yes.|Of course.|] {told}", f"{asker.name} told me that. {told}")
            return True
        self._say(asker, self.wording.say("other_questions", name=one.name), f"I will ask about {one.name}.")
        self._say(teller, about, f"{one.name} told us something. {about}")
        return True


def _of(fact: Fact, part: str) -> list[str]:
    own: list[str] = _THREADS.get(fact.kind, {}).get(part, [])
    return own * 3 + _THREADS["any"][part] if len(own) < 3 else own


def _report(other: Actor, fact: Fact) -> str:
    if fact.kind.startswith("said"):
        return f"{other.name} told me about the {fact.topic}."
    return third_person(fact.clause, other.name, other.woman)
