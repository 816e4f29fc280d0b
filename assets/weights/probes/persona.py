"""Whether the persona shows: in the cost of what people say, and in how somebody rates sentences about themselves."""

from dataclasses import dataclass
from pathlib import Path

from assets.weights.corpus import load_dialogues, load_rooms, play_from_dialogue
from assets.weights.llama_weights import Weights
from assets.weights.probes.speaker import Row, Values, draw_two_names, place
from assets.weights.ratings import IPIP, N_TAUGHT, REQUESTS, TRAITS
from assets.weights.sample import NO_THOUGHT, Line, Persona, Play, render_messages
from core.characters.prompt import THINK_CLOSE, THINK_OPEN
from core.fidelity.interviews.digits import digit_question, orders_of
from core.fidelity.interviews.questionnaire import Item, Questionnaire, load_questionnaire
from models.persona import BigFive, Layers, PersonalIdentity


@dataclass(frozen=True, slots=True)
class PersonaProbe:
    """Weighs tokens; writes none."""

    weights: Weights

    def grounding(self, corpus: Path, n: int) -> Row:
        """AUC of own against swapped persona, one speaker per held-out human dialogue."""
        (rng, _), rooms = Values().begin("grounding"), load_rooms(corpus)
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
        rng, counts = Values().begin("ipip")
        for trait, high in [(trait, high) for trait in TRAITS for high in (True, False)] * n_each:
            end = TRAITS[trait]["high" if high else "low"]
            me, other = draw_two_names(rng)
            facts = tuple(fact.mine for fact in Values().draw_others("", 3, rng))
            persona = Persona(
                me, (*facts, rng.choice(end["sentences"])), personality=f"Very {rng.choice(end['words'])}."
            )
            values = self._rate(persona, other, trait)
            counts.update(
                right=(sum(values) > 0) == high, right_kept_back=(sum(values[len(values) // 2 :]) > 0) == high
            )
            counts[f"{trait}{'+' if high else '-'}"] += (sum(values) > 0) == high
        return {"probe": "ipip", "n": 10 * n_each, "n_taught_items": N_TAUGHT, **counts}

    def _rate(self, persona: Persona, other: str, trait: str) -> list[float]:
        """How far each item of a trait, in order, is from the middle in the direction of more of it."""
        values = []
        for index, (of, plus, item) in enumerate(IPIP):
            if of == trait:
                request = REQUESTS[index % len(REQUESTS)].format(item=item)
                play = Play(
                    "ipip", *place(0), (persona, Persona(other)), (Line(other, request), Line(persona.name, ""))
                )
                digit = self.weights.expected_digit(render_messages(play, 0, thoughts=False)[:-1])
                values.append(digit - 3 if plus else 3 - digit)
        return values

    def sliders(self, n_each: int) -> Row:
        """The same as the app asks it, of personas with a trait on a slider; scenes are `thinking` by default."""
        rng, counts = Values().begin("sliders")
        form = load_questionnaire("ipip-50")
        for scale, high in [(scale, high) for scale in form.scales for high in (True, False)] * n_each:
            me, other = draw_two_names(rng)
            degree = rng.randint(80, 100) if high != scale.slider_is_opposite else rng.randint(0, 20)
            layers = Layers(personal=PersonalIdentity(big_five=BigFive(**{scale.slider: degree})))
            facts = tuple(fact.mine for fact in Values().draw_others("", 3, rng))
            cast = (Persona(me, facts, layers=layers), Persona(other))
            for name, thoughts in (("plain", False), ("thinking", True)):
                values = [self._rate_as_app(form, item, cast, thoughts) for item in form.items_of(scale.name)]
                counts[name] += (sum(values) > 0) == high
                counts[f"{name}_kept_back"] += (sum(values[len(values) // 2 :]) > 0) == high
                counts[f"{name} {scale.name}{'+' if high else '-'}"] += (sum(values) > 0) == high
        return {"probe": "sliders", "n": 10 * n_each, **counts}

    def _rate_as_app(self, form: Questionnaire, item: Item, cast: tuple[Persona, ...], thoughts: bool) -> float:
        question = digit_question(form, item, orders_of(form, 1, 0)[0])
        lines = (Line(cast[1].name, "Good evening."), Line(cast[0].name, "", NO_THOUGHT, question))
        messages = render_messages(Play("sliders", *place(0), cast, lines), 0, thoughts)[:-1]
        digit = self.weights.expected_digit(messages, f"{THINK_OPEN}{THINK_CLOSE}" if thoughts else "")
        return form.middle - digit if item.is_reversed else digit - form.middle
