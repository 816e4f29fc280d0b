"""What others are thought to think: questions about private thoughts, with options from the same conversation.

Source: ToMATO (methods 2.21). We differ: the state is read off the beginning of a thought, by rule.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import TypeVar

from core.fidelity.conversation import About, Line
from core.fidelity.logprobs.verbaliser import STANDINGS, Verbaliser
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.inference.request import OPTIONS, Ask, Choose, Chosen, Message

METRIC = Metric(
    name="second-order",
    title="Thoughts told apart",
    unit="share",
    low=0.0,
    high=1.0,
    better="higher",
    needs="log-probabilities",
    how_to_read="How often the private thought behind a turn is told from three others; a quarter is chance.",
    source="ToMATO (inner speech)",
    scope="conversation",
    cost="weights",
    inputs="the end of what a thinker heard, the private thoughts of the scene; the weights' log-probabilities",
    formula="share of questions with four options whose likeliest option is the true thought",
)
Key = TypeVar("Key", str, int, bool)

FALSE_ABOVE = 0.5
"""P(contradicted) from which a thought about another is taken for wrong."""
N_OPTIONS = 4
MAX_ITEMS = 40
"""Thoughts that are asked about; of more, as many are drawn over the whole conversation."""
MAX_LINES, MAX_CHARS = 30, 6_000
"""Of the talk before a thought that is shown: its end, so that it fits into what weights can read."""
STATES = {"think": "belief", "will": "intention", "want": "desire", "feel": "emotion", "know": "knowledge"}
_STATE = re.compile(
    r"\bI(?:['’]ll| (?:also |still |do not |don['’]t )?(think|will|want|feel|know|believe|must))\b", re.I
)
_WHO = r"(?:he|she|they|you|[A-Z]\w+)"
_ORDER_2 = re.compile(
    rf"\bI (?:think|know|believe|feel) (?:that )?{_WHO} (?:\w+ )?(?:think|want|know|feel|believe|hope|fear|will)"
)


@dataclass(frozen=True, slots=True)
class ThoughtItem:
    """A question about one thought."""

    place: int
    """Of the line, from 0."""
    options: tuple[str, ...]
    right: int
    state: str
    """`belief`, `intention`, `desire`, `emotion` or `knowledge`; empty: not told by its words."""
    order: int
    """1: about the thinker or the world; 2: about what another thinks."""
    is_false_belief: bool | None = None
    """The thought contradicts the other's own first-order thought; None: nobody has looked."""


@dataclass(frozen=True, slots=True)
class ThoughtScore:
    """How many were right."""

    accuracy: float
    n_items: int
    by_state: Mapping[str, float]
    by_order: Mapping[int, float]
    by_false_belief: Mapping[bool, float]


def state_of(thought: str) -> str:
    """Returns the state of mind that a thought begins with; empty where its words do not tell."""
    found = _STATE.search(thought)
    if found is None:
        return ""
    word = (found.group(1) or "will").lower()
    return STATES.get({"believe": "think", "must": "will"}.get(word, word), "")


def order_of(thought: str) -> int:
    """Returns 2 for a thought about what another thinks, else 1."""
    return 2 if _ORDER_2.search(thought) else 1


def find_false_beliefs(
    verbaliser: Verbaliser, about: About, lines: Sequence[Line], places: Iterable[int]
) -> dict[int, bool]:
    """Finds which thoughts about another contradict what that other thinks of itself, by the weights.

    Compared are a second-order thought and the last first-order thought of another speaker before it.

    Args:
        places: Of the lines whose thoughts are looked at, from 0.

    Returns:
        Place of the line -> whether the thought is wrong; thoughts with nothing to compare are missing.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.

    Source: ToMATO (methods 2.21), false belief as a contradiction.
    """
    found = {}
    for place in places:
        line = lines[place]
        if order_of(line.thought) != 2:
            continue
        others = (one for one in reversed(lines[:place]) if one.speaker != line.speaker and one.thought.strip())
        other = next((one for one in others if order_of(one.thought) == 1), None)
        if other is not None:
            found[place] = verbaliser.weigh(belief_chat(about, line, other), STANDINGS)[2] > FALSE_ABOVE
    return found


def belief_chat(about: About, line: Line, other: Line) -> tuple[Message, ...]:
    """Returns what is asked about a thought and the thought that it is about."""
    name = about.name(other.speaker)
    text = (
        f"{name} thinks, in private: “{other.thought}”\n{about.name(line.speaker)} thinks: “{line.thought}”\n"
        f"By what {name} thinks, is the second thought entailed, neutral or contradicted? Answer with one word."
    )
    return (Message("user", text),)


def make_items(
    lines: Sequence[Line], seed: int = 0, false_beliefs: Mapping[int, bool] | None = None
) -> list[ThoughtItem]:
    """Makes a question of each thought to which there are three others in the same conversation.

    Others of the same state come first.

    Args:
        false_beliefs: Place of a line -> whether its thought about another is wrong, where somebody has judged it.
    """
    thoughts = {place: line.thought.strip() for place, line in enumerate(lines) if line.thought.strip()}
    found = []
    for place, thought in thoughts.items():
        rng = random.Random(f"{seed} {place}")
        others = list(dict.fromkeys(one for one in thoughts.values() if one.casefold() != thought.casefold()))
        rng.shuffle(others)
        others.sort(key=lambda one: state_of(one) != state_of(thought))
        if len(others) < N_OPTIONS - 1:
            continue
        options = [thought, *others[: N_OPTIONS - 1]]
        rng.shuffle(options)
        judged = (false_beliefs or {}).get(place)
        found.append(
            ThoughtItem(place, tuple(options), options.index(thought), state_of(thought), order_of(thought), judged)
        )
    return found


def choose_items(items: Sequence[ThoughtItem], n: int, seed: int) -> list[ThoughtItem]:
    """Returns at most n questions, drawn over the whole conversation, in its order."""
    if len(items) <= n:
        return list(items)
    return sorted(random.Random(seed).sample(items, n), key=lambda item: item.place)


def weigh_item(ask: Ask, lane: str, about: About, heard: Sequence[Line], item: ThoughtItem) -> tuple[float, ...]:
    """Returns the share of each option, over all orders of the list; only the end of what was said is shown.

    Args:
        heard: The lines that the thinker had heard, and the one that it said with the thought.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    said = "\n".join(f"{about.name(line.speaker)}: {line.text}" for line in heard[-MAX_LINES:])[-MAX_CHARS:]
    name = about.name(heard[-1].speaker)
    text = f"{said}\n\nWhat does {name} think at this last line, in private?\n{OPTIONS}\nAnswer with the letter."
    chosen = ask(Choose(lane, (Message("user", text),), item.options))
    if not isinstance(chosen, Chosen):
        raise CancelledError
    return chosen.by_label


def score_items(items: Sequence[ThoughtItem], chosen: Sequence[int]) -> ThoughtScore:
    """Scores which option was taken for each question. Raises ValueError for no questions."""
    if not items:
        raise ValueError("no questions")
    right = [item.right == one for item, one in zip(items, chosen, strict=True)]
    return ThoughtScore(
        sum(right) / len(right),
        len(items),
        _split([item.state or None for item in items], right),
        _split([item.order for item in items], right),
        _split([item.is_false_belief for item in items], right),
    )


def _split(keys: Sequence[Key | None], right: Sequence[bool]) -> dict[Key, float]:
    """Returns the share of right answers for each key."""
    found: dict[Key, list[bool]] = {}
    for key, one in zip(keys, right, strict=True):
        if key is not None:
            found.setdefault(key, []).append(one)
    return {key: sum(ones) / len(ones) for key, ones in found.items()}


def score_second_order(
    ask: Ask,
    lane: str,
    about: About,
    lines: Sequence[Line],
    seed: int = 0,
    verbaliser: Verbaliser | None = None,
    heard_before: Callable[[int], Sequence[int]] = range,
    max_items: int = MAX_ITEMS,
) -> ScoreValue:
    """Scores a conversation with private thoughts. Evidence: each question with its probabilities.

    Args:
        verbaliser: Tells false beliefs apart; None: nobody does.
        heard_before: Place of a line, from 0 -> the places of those that its speaker had heard; otherwise all before.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    known = make_items(lines, seed)
    if not known:
        return ScoreValue(METRIC.name, None, f"There are fewer than {N_OPTIONS} different private thoughts.")
    items = choose_items(known, max_items, seed)
    if verbaliser is not None:
        wrong = find_false_beliefs(verbaliser, about, lines, [item.place for item in items])
        items = [replace(item, is_false_belief=wrong.get(item.place)) for item in items]
    weighed = [
        weigh_item(ask, lane, about, [lines[at] for at in (*heard_before(item.place), item.place)], item)
        for item in items
    ]
    chosen = [one.index(max(one)) for one in weighed]
    found = score_items(items, chosen)
    evidence = {
        "n_items": found.n_items,
        "n_left_out": len(known) - len(items),
        "chance": 1 / N_OPTIONS,
        "by_state": dict(found.by_state),
        "by_false_belief": {"false" if wrong else "true": share for wrong, share in found.by_false_belief.items()},
        "by_order": {str(order): share for order, share in found.by_order.items()},
        "items": [
            {
                "turn": item.place + 1,
                "thought": item.options[item.right],
                "p": shares[item.right],
                "right": item.right == one,
            }
            for item, shares, one in zip(items, weighed, chosen, strict=True)
        ],
    }
    return ScoreValue(METRIC.name, found.accuracy, evidence=evidence)
