"""Measures the house weights through llama.cpp and prints JSON lines: `python assets/weights/probe.py --weights …`.

Turns that end by themselves, lines written for others, well-formed thoughts, facts recalled for names that were never
trained on, and speed.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


from assets.weights.facts import KINDS, Fact, draw_fact, first_person, vary
from assets.weights.sample import Line, Message, Persona, Play, render_messages
from assets.weights.teaching import draw_play
from core.characters.reply import parse_reply

MAX_TURN_TOKENS = 80
UNSEEN_NAMES = (
    "Brannoch",
    "Velisse",
    "Tuomas",
    "Ketterly",
    "Oswin",
    "Marigold",
    "Ansgar",
    "Delphine",
    "Quillon",
    "Yevgenia",
)
UNSEEN_QUESTIONS = {
    "job": "So tell me, what sort of work is it that keeps you busy?",
    "home": "Which house around here is yours?",
    "fear": "Is anything able to scare you?",
    "food": "If I invite you for dinner, what should be on the table?",
    "family": "Have you got any relatives?",
    "age": "May I ask your age?",
    "hidden": "I cannot find the {v} anywhere. Any idea?",
    "wish": "If you had one wish, what would it be?",
    "hate": "Which thing annoys you the most?",
    "pet": "Is there some creature at your house?",
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


class Weights:
    """The weights behind llama.cpp, one conversation at a time."""

    def __init__(self, path: Path, threads: int) -> None:
        from llama_cpp import Llama

        self.llama = Llama(
            str(path), n_ctx=2048, n_threads=threads, n_threads_batch=threads, logits_all=False, verbose=False
        )
        import jinja2

        self.template = jinja2.Template(self.llama.metadata["tokenizer.chat_template"])

    def tokens(self, messages: list[Message]) -> list[int]:
        """Prompt tokens of a conversation up to the speaker's turn."""
        text = self.template.render(messages=messages, add_generation_prompt=True)
        return self.llama.tokenize(text.encode(), add_bos=False, special=True)

    def write(self, messages: list[Message], seed: int, sampling: dict[str, float]) -> tuple[str, bool]:
        """Writes one turn; returns its text and whether it ended by itself."""
        self.llama.set_seed(seed)
        written: list[int] = []
        for token in self.llama.generate(self.tokens(messages), **sampling):
            if token == self.llama.token_eos():
                return self._text(written), True
            written.append(token)
            if len(written) >= MAX_TURN_TOKENS:
                break
        return self._text(written), False

    def _text(self, tokens: list[int]) -> str:
        return self.llama.detokenize(tokens, special=True).decode("utf-8", "replace")


def measure_turns(weights: Weights, n_turns: int, sampling: dict[str, float], long: bool = False) -> dict[str, Any]:
    """Lets the weights write turns of scenes of the generator that were never trained on, with unseen names.

    With `long`, the turns are repeated until the history has about 1,600 tokens.
    """
    rng = random.Random(f"probe turns {long}")
    counts: Counter[str] = Counter()
    for index in range(n_turns):
        play = _rename(draw_play(rng), rng)
        me, thoughts = rng.randrange(len(play.cast)), index % 2 == 0
        messages = render_messages(play, me, thoughts)
        if long:
            messages = _stretch(weights, messages)
        own = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
        if not own:
            continue
        written, ended = weights.write(messages[: own[-1] if long else rng.choice(own)], index, sampling)
        names = [one.name for one in play.cast if one is not play.cast[me]]
        reply = parse_reply(written, play.cast[me].name, names)
        counts.update(turns=1, ended=ended, bled=reply.bled, empty=not reply.text, looped=_loops(written))
        counts.update(
            {
                "thoughts_asked": thoughts,
                "thoughts_well_formed": thoughts and _well_formed(written),
                "thoughts_unasked": not thoughts and "<think>" in written,
            }
        )
    return dict(counts)


def _rename(play: Play, rng: random.Random) -> Play:
    names = dict(zip((one.name for one in play.cast), rng.sample(UNSEEN_NAMES, len(play.cast)), strict=True))

    def swap(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    cast = tuple(
        Persona(
            **{
                f: tuple(map(swap, v)) if isinstance(v := getattr(one, f), tuple) else swap(v)
                for f in Persona.__dataclass_fields__
            }
        )
        for one in play.cast
    )
    lines = tuple(Line(swap(line.speaker), swap(line.text), swap(line.thought)) for line in play.lines)
    return Play(play.kind, swap(play.title), swap(play.setting), cast, lines)


def _stretch(weights: Weights, messages: list[Message]) -> list[Message]:
    turns = messages[1:]
    n_each = max(1, len(weights.tokens(turns)))
    n_times = max(1, (1600 - len(weights.tokens(messages[:1]))) // n_each)
    return [*messages[:1], *turns * n_times]


def _well_formed(written: str) -> bool:
    thought, closing, speech = written.removeprefix("<think>").partition("</think>")
    return (
        written.startswith("<think>")
        and bool(closing and thought.strip() and speech.strip())
        and "think>" not in speech
    )


def _loops(written: str) -> bool:
    pieces = written.lower().split()
    grams = Counter(tuple(pieces[i : i + 4]) for i in range(len(pieces) - 3))
    return max(grams.values(), default=0) >= 3


def measure_recall(weights: Weights, n_each: int, sampling: dict[str, float]) -> list[dict[str, Any]]:
    """Asks for one fact out of five, per kind: as taught, in words never taught, and with the fact taken away."""
    rows = []
    for kind, unseen in UNSEEN_QUESTIONS.items():
        rng = random.Random(f"probe {kind}")
        counts: Counter[str] = Counter()
        for index in range(n_each):
            fact = draw_fact(KINDS[kind], rng)
            others = [draw_fact(KINDS[name], rng) for name in rng.sample(sorted(set(KINDS) - {kind, "past"}), 4)]
            sentences = [one.mine for one in (fact, *others)]
            rng.shuffle(sentences)
            for label, question in (("taught", vary(fact.questions[0], rng)), ("unseen", unseen.format(**fact.values))):
                counts[label] += _recalls(weights, sentences, question, fact, index, sampling)
            without = [sentence for sentence in sentences if sentence != fact.mine]
            counts["made_up_without"] += _recalls(weights, without, vary(fact.questions[0], rng), fact, index, sampling)
        rows.append({"probe": "recall", "kind": kind, "n": n_each, **counts})
    return rows


def _recalls(
    weights: Weights, sentences: list[str], question: str, fact: Fact, seed: int, sampling: dict[str, float]
) -> int:
    reply = ask(weights, sentences, question, seed, sampling)
    value = first_person(fact.values["n" if fact.kind == "hidden" else "v"]).lower()
    return int(value.removeprefix("a ").removeprefix("an ") in reply.lower())


def ask(weights: Weights, sentences: list[str], question: str, seed: int, sampling: dict[str, float]) -> str:
    """Puts one question to a character of the given sentences; returns the speech."""
    me, other = random.Random(seed).sample(UNSEEN_NAMES, 2)
    cast = (Persona(me, tuple(sentences)), Persona(other))
    play = Play("probe", "A meeting", "They meet by the water.", cast, (Line(other, question), Line(me, "")))
    written, _ = weights.write(render_messages(play, 0, thoughts=seed % 2 == 0)[:-1], seed, sampling)
    return parse_reply(written, me, [other]).text


def measure_free_recall(weights: Weights, sampling: dict[str, float]) -> dict[str, Any]:
    """Facts in words of an author, asked in words of an author: nothing here was ever taught."""
    sentences = [sentence for sentence, _, _ in HELD_OUT_SENTENCES]
    right, answers = 0, []
    for index, (sentence, question, word) in enumerate(HELD_OUT_SENTENCES):
        persona = [sentence, *random.Random(index).sample([one for one in sentences if one != sentence], 3)]
        random.Random(index).shuffle(persona)
        answers.append(ask(weights, persona, question, index, sampling))
        right += word in answers[-1].lower()
    return {"probe": "free recall", "n": len(sentences), "right": right, "answers": answers}


def measure_speed(weights: Weights) -> dict[str, Any]:
    """Tokens per second: reading a prompt of 1,000 tokens, then writing 200."""
    prompt = weights.llama.tokenize(b"The keeper looks at the water and waits for the boat. " * 120, add_bos=False)[
        :1000
    ]
    weights.llama.reset()
    began = time.perf_counter()
    weights.llama.eval(prompt)
    read_s = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(200):
        weights.llama.eval([weights.llama.sample(temp=0.7)])
    return {
        "probe": "speed",
        "read_tokens_per_s": round(1000 / read_s),
        "write_tokens_per_s": round(200 / (time.perf_counter() - began)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("tableread-house-v0.gguf"))
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--temperature", type=float, default=0.6)
    arguments = parser.parse_args()
    sampling = {"temp": arguments.temperature, "min_p": 0.05, "top_p": 1.0, "top_k": 0, "repeat_penalty": 1.05}
    weights = Weights(arguments.weights, arguments.threads)
    print(json.dumps({"probe": "settings", "threads": arguments.threads, **sampling}))
    print(json.dumps({"probe": "turns", **measure_turns(weights, arguments.turns, sampling)}), flush=True)
    long = measure_turns(weights, arguments.turns // 4, sampling, long=True)
    print(json.dumps({"probe": "turns after a long history", **long}), flush=True)
    for row in measure_recall(weights, arguments.each, sampling):
        print(json.dumps(row), flush=True)
    print(json.dumps(measure_free_recall(weights, sampling)), flush=True)
    print(json.dumps(measure_speed(weights)))


if __name__ == "__main__":
    main()
