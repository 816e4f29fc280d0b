"""Measures the house weights through llama.cpp and prints JSON lines: `python assets/weights/probe.py --weights …`.

Names, nouns and scenes here are ones that training never drew, and human dialogues are held-out ones.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assets.weights import words
from assets.weights.facts import KINDS, Fact, Kind, draw_fact, first_person, third_person, vary
from assets.weights.llama_weights import Weights
from assets.weights.open_words import OpenWords
from assets.weights.phrasebook import load_book
from assets.weights.ratings import IPIP, N_TAUGHT, REQUESTS, TRAITS
from assets.weights.sample import NO_THOUGHT, Line, Persona, Play, render_messages
from assets.weights.teaching import draw_play
from core.characters.reply import parse_reply
from core.fidelity.interviews.digits import digit_question, orders_of
from core.fidelity.interviews.questionnaire import load_questionnaire
from core.fidelity.words.overlap import rouge_l
from core.inference.weights.catalog import house_weights
from models.persona import BigFive, Layers, PersonalIdentity

Row = dict[str, Any]
ANSWERS = {"pet": "n", "family": "n", "hidden": "n"}
"""The slot that answers, where it is not `v`."""
PROBED = (
    *("job", "home", "origin", "fear", "wish", "hobby", "food", "drink", "hate", "pet", "family", "hidden", "age"),
    *("colour", "employer", "birthday", "book", "language", "password", "team"),
)
QUESTIONS = {"pet": "What is your {v} called?", "family": "What is your {v} called?", "hidden": "Where is the {v}?"}
UNSEEN_QUESTIONS = {
    "job": "So tell me, what sort of work is it that keeps you busy?",
    "home": "Which house around here is yours?",
    "fear": "Is anything able to scare you?",
    "food": "If I invite you for dinner, what shall I put on your plate?",
    "family": "Remind me of your relatives, would you?",
    "age": "How many candles are on your cake?",
    "hidden": "I have looked everywhere for the {v}. Any idea?",
    "wish": "What is the one thing you long for?",
    "hate": "Which thing gets on your nerves?",
    "pet": "Is some creature waiting at your house?",
}
HELD_OUT_SENTENCES = (
    ("I paint small portraits of insects.", "What do you do in your free time?", "insects"),
    ("My sister runs a bicycle shop in Turin.", "Tell me about your sister.", "bicycle"),
    ("I never take the lift because I got stuck in one.", "Why do you always use the stairs?", "stuck"),
    ("I mix the ink for the harbour newspaper.", "What is your work?", "ink"),
    ("I am saving money for a telescope.", "What are you saving for?", "telescope"),
    ("I have a wooden leg.", "What happened to your leg?", "wooden"),
    ("My horse won the race at Pell Down.", "Tell me about your horse.", "race"),
    ("I only drink water from the north spring.", "What do you drink?", "spring"),
    ("I keep forty beehives behind the chapel.", "What do you keep behind the chapel?", "beehives"),
    ("I was struck by lightning when I was nine.", "What happened when you were nine?", "lightning"),
)


class Probe:
    """Questions to characters who were never trained on."""

    def __init__(self, weights: Weights, sampling: dict[str, float], authored: bool = False) -> None:
        """Sets the probe up.

        Args:
            authored: Facts have values as an author might write them, held out too. Otherwise every word of a value was
                held out, and what comes together makes no sense: harder, and nothing but copying helps.
        """
        self.weights, self.sampling, self.authored = weights, sampling, authored
        self.kinds = KINDS | (_authored_kinds() if authored else {})

    def _begin(self, name: str) -> tuple[random.Random, Counter[str]]:
        words.use_unseen_words(not self.authored)
        words.set_open_share(0.0)
        return random.Random(name), Counter[str]()

    def _row(self, name: str, n: int, **counts: Any) -> Row:
        return {"probe": name, "values": "authored" if self.authored else "unseen", "n": n, **counts}

    def _draw(self, kind: str, rng: random.Random) -> Fact:
        return draw_fact(self.kinds[kind], rng)

    def _draw_two(self, kind: str, rng: random.Random) -> list[Fact]:
        """Two facts of a kind that answer differently."""
        facts = [self._draw(kind, rng)]
        while len(facts) < 2:
            fact = self._draw(kind, rng)
            if _value(fact) != _value(facts[0]):
                facts.append(fact)
        return facts

    def _draw_others(self, kind: str, n: int, rng: random.Random) -> list[Fact]:
        topics = {KINDS[kind].topic} if kind else set()
        facts: list[Fact] = []
        while len(facts) < n:
            fact = self._draw(rng.choice(list(KINDS)), rng)
            if fact.topic not in topics and not (kind in ("job", "past") and fact.kind in ("job", "past")):
                topics.add(fact.topic)
                facts.append(fact)
        return facts

    def ask(self, persona: Persona, other: str, question: str, seed: int) -> str:
        """Puts one question to a character; returns the speech."""
        play = Play("probe", *_place(seed), (persona, Persona(other)), (Line(other, question), Line(persona.name, "")))
        messages = render_messages(play, 0, thoughts=seed % 2 == 0)[:-1]
        written, _ = self.weights.write(messages, seed, self.sampling)
        return parse_reply(written, persona.name, [other]).text

    def recall(self, n_each: int) -> Iterator[Row]:
        """Asks for one fact out of six, per kind: as taught, in words never taught, and with the fact taken away."""
        for kind in PROBED:
            rng, counts = self._begin(f"recall {kind}")
            for index in range(n_each):
                fact, others = self._draw(kind, rng), self._draw_others(kind, 5, rng)
                me, other = _draw_names(rng)
                with_it, without_it = _persona(me, [fact, *others], rng), _persona(me, others, rng)
                question = _question(fact, rng)
                counts["taught"] += _states(self.ask(with_it, other, question, index), fact)
                counts["by_chance"] += _states(self.ask(without_it, other, question, index), fact)
                if kind in UNSEEN_QUESTIONS:
                    unseen = UNSEEN_QUESTIONS[kind].format(**fact.values)
                    counts["unseen"] += _states(self.ask(with_it, other, unseen, index), fact)
            yield self._row("recall", n_each, kind=kind, **counts)

    def contrast(self, n_pairs: int) -> Row:
        """Two personas with the same kinds of facts, one question: each must answer with its own."""
        rng, counts = self._begin("contrast")
        for index in range(n_pairs):
            kind = PROBED[index % len(PROBED)]
            facts = self._draw_two(kind, rng)
            if kind in ANSWERS:  # the question names a relative, an animal or a thing: the same for both
                facts[1] = _with_same_question(facts, rng)
            kinds = [fact.kind for fact in self._draw_others(kind, 5, rng)]
            me, other = _draw_names(rng)
            question = _question(facts[0], rng)
            right = []
            for fact in facts:
                persona = _persona(me, [fact, *(self._draw(one, rng) for one in kinds)], rng)
                right.append(_states(self.ask(persona, other, question, index), fact))
            counts.update(both=all(right), one=sum(right) == 1)
        return self._row("contrast pairs", n_pairs, **counts)

    def claims(self, n: int) -> Row:
        """Others' facts, told in the scene or known of somebody: claimed when they come out as one's own."""
        rng, counts = self._begin("claims")
        for index in range(n):
            kind = [kind for kind in PROBED if kind not in ANSWERS][index % 17]
            own, theirs = self._draw_two(kind, rng)
            others = self._draw_others(kind, 4, rng)
            me, other = _draw_names(rng)
            if index % 3 == 0:
                persona, question = _persona(me, [own, *others], rng), f"{theirs.mine} And you?"
            elif index % 3 == 1:
                persona, question = _persona(me, others, rng), f"{theirs.mine} {_question(theirs, rng)}"
            else:
                known = third_person(theirs.clause, other, True)
                persona = Persona(**_fields(_persona(me, [own, *others], rng)) | {"knowledge": known})
                question = _question(own, rng)
            reply = self.ask(persona, other, question, index)
            counts["claimed"] += _states(reply, theirs) and not reply.lstrip(' "').lower().startswith("you")
        return self._row("claims of others' facts", n, **counts)

    def free_recall(self) -> Row:
        """Facts in words of an author, asked in words of an author: nothing here was ever taught."""
        sentences = [sentence for sentence, _, _ in HELD_OUT_SENTENCES]
        right, answers = 0, []
        for index, (sentence, question, word) in enumerate(HELD_OUT_SENTENCES):
            rng = random.Random(index)
            me, other = _draw_names(rng)
            persona = [sentence, *rng.sample([one for one in sentences if one != sentence], 3)]
            answers.append(self.ask(Persona(me, tuple(rng.sample(persona, 4))), other, question, index))
            right += word in answers[-1].lower()
        return {"probe": "free recall", "n": len(sentences), "right": right, "answers": answers}

    def turns(self, n_turns: int) -> Row:
        """Turns of generated scenes: whether they end, stay one speaker's, and think as asked."""
        rng, counts = self._begin("turns")
        for index in range(n_turns):
            play = draw_play(rng)
            me, thoughts = rng.randrange(len(play.cast)), index % 2 == 0
            messages = render_messages(play, me, thoughts)
            own = [place for place, message in enumerate(messages) if message["role"] == "assistant"]
            if not own:
                continue
            written, ended = self.weights.write(messages[: rng.choice(own)], index, self.sampling)
            reply = parse_reply(
                written, play.cast[me].name, [one.name for one in play.cast if one is not play.cast[me]]
            )
            counts.update(turns=1, ended=ended, bled=reply.bled, empty=not reply.text, repeats=_repeats(written))
            counts.update(thoughts_asked=thoughts, thoughts_well_formed=thoughts and _well_formed(written))
            counts.update(thoughts_unasked=not thoughts and "<think>" in written)
        return {"probe": "turns", **counts}

    def self_talk(self, n_scenes: int, n_turns: int = 20) -> Row:
        """Whole scenes played by the weights alone. Source of the guard: methods 2.1, as the app has it."""
        rng, counts = self._begin("self-talk")
        for index in range(n_scenes):
            lines = self.play_scene(draw_play(rng), n_turns, index)
            texts = [line.text for line in lines]
            looped = any(_alike(texts[i : i + 3]) for i in range(len(texts) - 2))
            counts.update(free_of_loops=not looped, empty_turns=sum(not text for text in texts))
        return {"probe": "self-talk", "n": n_scenes, "turns_each": n_turns, **counts}

    def play_scene(self, scene: Play, n_turns: int, seed: int) -> list[Line]:
        """Plays a scene from its first line on, its cast taking turns in order."""
        lines = list(scene.lines[:1])
        for n in range(n_turns):
            me = n % len(scene.cast)
            name = scene.cast[me].name
            play = Play(scene.kind, scene.title, scene.setting, scene.cast, (*lines, Line(name, "")))
            messages = render_messages(play, me, thoughts=seed % 2 == 0)[:-1]
            while len(messages) > 3 and len(self.weights.tokens(messages)) > 1900:
                messages = [messages[0], *messages[3:]]
            written, _ = self.weights.write(messages, seed * 100 + n, self.sampling)
            reply = parse_reply(written, name, [one.name for one in scene.cast if one.name != name])
            lines.append(Line(name, reply.text, reply.thought or ""))
        return lines

    def grounding(self, corpus: Path, n: int) -> Row:
        """AUC of own against swapped persona, one speaker per held-out human dialogue."""
        from assets.weights.corpus import load_dialogues, load_rooms, play_from_dialogue

        rng, rooms = random.Random("grounding"), load_rooms(corpus)
        dialogues = rng.sample(load_dialogues(corpus, "synthetic-persona-chat", held_out=True), n)
        plays = [play_from_dialogue(dialogue, rooms, rng) for dialogue in dialogues]
        own, swapped = [], []
        for play, stranger in zip(plays, [*plays[1:], plays[0]], strict=True):
            scores = [
                self._mean_cost(play, facts) for facts in ((), play.cast[0].statements, stranger.cast[0].statements)
            ]
            own.append(scores[1] - scores[0])
            swapped.append(scores[2] - scores[0])
        wins = [float(a > b) + 0.5 * (a == b) for a in own for b in swapped]
        means = {"own_nats": sum(own) / n, "swapped_nats": sum(swapped) / n}
        pairs = sum(a > b for a, b in zip(own, swapped, strict=True))
        auc = sum(wins) / len(wins)
        return {"probe": "grounding", "n": n, "auc": round(auc, 3), "own_wins_in_its_dialogue": pairs, **means}

    def _mean_cost(self, play: Play, statements: tuple[str, ...]) -> float:
        cast = (Persona(play.cast[0].name, statements), *play.cast[1:])
        play = Play(play.kind, play.title, play.setting, cast, play.lines)
        costs = self.weights.turn_costs(render_messages(play, 0, thoughts=False))
        return sum(costs) / len(costs)

    def ipip(self, n_each: int) -> Row:
        """The 50 items by digits: whether a designated trait comes out on its side of the middle."""
        rng, counts = self._begin("ipip")
        for trait, high in [(trait, high) for trait in TRAITS for high in (True, False)] * n_each:
            end = TRAITS[trait]["high" if high else "low"]
            me, other = _draw_names(rng)
            facts = tuple(fact.mine for fact in self._draw_others("", 3, rng))
            persona = Persona(
                me, (*facts, rng.choice(end["sentences"])), personality=f"Very {rng.choice(end['words'])}."
            )
            values = self._rate(persona, other, trait)
            counts.update(
                right=(sum(values) > 0) == high, right_kept_back=(sum(values[len(values) // 2 :]) > 0) == high
            )
            counts[f"{trait}{'+' if high else '-'}"] += (sum(values) > 0) == high
        return {"probe": "ipip", "n": 10 * n_each, "n_taught_items": N_TAUGHT, **counts}

    def sliders(self, n_each: int) -> Row:
        """The same as the app asks it, of personas whose trait stands on a slider."""
        rng, counts = self._begin("sliders")
        form = load_questionnaire("ipip-50")
        order = orders_of(form, 1, 0)[0]
        for scale, high in [(scale, high) for scale in form.scales for high in (True, False)] * n_each:
            me, other = _draw_names(rng)
            degree = rng.randint(80, 100) if high != scale.slider_is_opposite else rng.randint(0, 20)
            layers = Layers(personal=PersonalIdentity(big_five=BigFive(**{scale.slider: degree})))
            facts = tuple(fact.mine for fact in self._draw_others("", 3, rng))
            persona, total = Persona(me, facts, layers=layers), 0.0
            for item in form.items_of(scale.name):
                line = Line(me, "", NO_THOUGHT, digit_question(form, item, order))
                play = Play("sliders", *_place(0), (persona, Persona(other)), (Line(other, "Good evening."), line))
                digit = self.weights.expected_digit(render_messages(play, 0, thoughts=False)[:-1])
                total += form.middle - digit if item.is_reversed else digit - form.middle
            counts.update(right=(total > 0) == high)
            counts[f"{scale.name}{'+' if high else '-'}"] += (total > 0) == high
        return {"probe": "sliders", "n": 10 * n_each, **counts}

    def _rate(self, persona: Persona, other: str, trait: str) -> list[float]:
        """How far each item of a trait, in order, is from the middle in the direction of more of it."""
        values = []
        for index, (of, plus, item) in enumerate(IPIP):
            if of == trait:
                request = REQUESTS[index % len(REQUESTS)].format(item=item)
                play = Play(
                    "ipip", *_place(0), (persona, Persona(other)), (Line(other, request), Line(persona.name, ""))
                )
                digit = self.weights.expected_digit(render_messages(play, 0, thoughts=False)[:-1])
                values.append(digit - 3 if plus else 3 - digit)
        return values

    def speed(self) -> Row:
        """Tokens per second: reading a prompt of 1,000 tokens, then writing 200."""
        llama = self.weights.llama
        prompt = self.weights.tokens_of("The keeper looks at the water and waits for the boat. " * 120)[:1000]
        llama.reset()
        began = time.perf_counter()
        llama.eval(prompt)
        read_s = time.perf_counter() - began
        began = time.perf_counter()
        for _ in range(200):
            llama.eval([llama.sample(temp=0.7)])
        write_s = time.perf_counter() - began
        return {"probe": "speed", "read_tokens_per_s": round(1000 / read_s), "write_tokens_per_s": round(200 / write_s)}


def _place(seed: int) -> tuple[str, str]:
    return words.PLAIN_SETTINGS[seed % len(words.PLAIN_SETTINGS)]


def _authored_kinds() -> dict[str, Kind]:
    held_out: dict[str, dict[str, list[str]]] = load_book("held_out_values")
    return {name: _with_values(KINDS[name], values) for name, values in held_out.items()}


def _with_values(kind: Kind, values: dict[str, list[str]]) -> Kind:
    def draw(rng: random.Random) -> dict[str, str]:
        return kind.draw(rng) | {slot: rng.choice(listed) for slot, listed in values.items()}

    return replace(kind, draw=draw)


def _draw_names(rng: random.Random) -> list[str]:
    """Two names that training never draws."""
    unseen = OpenWords(unseen=True)
    return [unseen.name(rng), unseen.name(rng)]


def _persona(name: str, facts: list[Fact], rng: random.Random) -> Persona:
    """Facts as a list or as prose, in the first person or the third."""
    facts = rng.sample(facts, len(facts))
    if rng.random() < 0.25:
        return Persona(name, description=" ".join(third_person(fact.clause, name, True) for fact in facts))
    sentences = tuple(fact.mine for fact in facts)
    return Persona(name, description=" ".join(sentences)) if rng.random() < 0.33 else Persona(name, sentences)


def _fields(persona: Persona) -> dict[str, Any]:
    return {name: getattr(persona, name) for name in Persona.__dataclass_fields__}


def _question(fact: Fact, rng: random.Random) -> str:
    if fact.kind in QUESTIONS:
        return QUESTIONS[fact.kind].format(**fact.values)
    return vary(rng.choice(KINDS[fact.kind].questions).format(**fact.values), rng)


def _with_same_question(facts: list[Fact], rng: random.Random) -> Fact:
    values = facts[0].values | {"n": facts[1].values["n"]}
    clause = vary(rng.choice(KINDS[facts[0].kind].clauses).format(**values), rng)
    return Fact(facts[0].kind, facts[0].topic, clause, facts[0].questions, values)


def _states(reply: str, fact: Fact) -> bool:
    return _value(fact) in reply.lower()


def _value(fact: Fact) -> str:
    """What answers, in small letters and without its article."""
    value = first_person(fact.values[ANSWERS.get(fact.kind, "v")]).lower()
    for article in ("a ", "an ", "the "):
        value = value.removeprefix(article)
    return value


def _repeats(written: str) -> bool:
    pieces = written.lower().split()
    grams = Counter(tuple(pieces[i : i + 4]) for i in range(len(pieces) - 3))
    return max(grams.values(), default=0) >= 3


def _alike(texts: list[str]) -> bool:
    return all(rouge_l(a, b) > 0.8 for i, a in enumerate(texts) for b in texts[i + 1 :])


def _well_formed(written: str) -> bool:
    thought, closing, speech = written.removeprefix("<think>").partition("</think>")
    parts = written.startswith("<think>"), closing, thought.strip(), speech.strip()
    return all(parts) and "think>" not in speech


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=house_weights())
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--size", type=float, default=1.0, help="1 asks 10 to 200 times per row")
    parser.add_argument("--only", nargs="*", help="names of probes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--temperature", type=float, default=0.6)
    arguments = parser.parse_args()
    sampling = {"temp": arguments.temperature, "min_p": 0.05, "top_p": 1.0, "top_k": 0, "repeat_penalty": 1.05}
    weights = Weights(arguments.weights, arguments.threads)
    probe, authored = Probe(weights, sampling), Probe(weights, sampling, authored=True)

    def sized(n: int) -> int:
        return max(2, round(n * arguments.size))

    probes: dict[str, Callable[[], Row | Iterator[Row]]] = {
        "recall": lambda: probe.recall(sized(10)),
        "contrast": lambda: probe.contrast(sized(100)),
        "claims": lambda: probe.claims(sized(102)),
        "free_recall": probe.free_recall,
        "turns": lambda: probe.turns(sized(200)),
        "self_talk": lambda: probe.self_talk(sized(30)),
        "grounding": lambda: probe.grounding(arguments.corpus, sized(100)),
        "ipip": lambda: probe.ipip(sized(10)),
        "sliders": lambda: probe.sliders(sized(10)),
        "authored_recall": lambda: authored.recall(sized(10)),
        "authored_contrast": lambda: authored.contrast(sized(100)),
        "authored_claims": lambda: authored.claims(sized(102)),
        "speed": probe.speed,
    }
    print(
        json.dumps({"probe": "settings", "weights": arguments.weights.name, "threads": arguments.threads, **sampling})
    )
    for name in arguments.only or probes:
        found = probes[name]()
        for row in [found] if isinstance(found, dict) else found:
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
