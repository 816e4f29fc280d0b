"""Laws of all measures of words: values in their range or a reason, and a cost that grows with the text."""

import sys
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fidelity.conversation import About, Horizon, Line
from core.fidelity.measures import WORD_MEASURES
from core.fidelity.measuring import WHOLE, Measure, measure
from core.fidelity.score import ScoreValue
from core.fidelity.words.limits import dates_beyond, questions_of
from core.fidelity.words.said import read_words
from tests.examples import n_examples

ABOUT = About(
    personas={"m": ("She keeps the lamp.", "She has two goats."), "t": ("He sells bread.",)},
    names={"m": "Mara", "t": "Theo"},
    horizons={"m": Horizon("March 1926", unknown=("who killed the harbour master",)), "x": Horizon("400 AD")},
)
METRICS = {metric.name: metric for one in WORD_MEASURES for metric in one.metrics}

pieces = st.sampled_from(
    [
        *(
            "\n",
            "\n\n",
            ".",
            "..",
            "…",
            "?",
            "？",
            "!",
            ":",
            "Mara:",
            "Theo:",
            " ",
            "’",
            "'",
            "@",
            "a.",
            "#",
            "12345678",
        ),
        *("In 1950?", "the 1930s", "AD 400", "I don't know", "Kennedy", "They say", "so long", "bye", "thank you"),
        *("lamp", "goats", "bread", "走吧", "Привет", "crème", "the", "A1B2C3D4", "harbour master", "who killed"),
    ]
)
texts = st.lists(pieces, max_size=12).map(" ".join) | st.lists(pieces, max_size=12).map("".join) | st.text(max_size=30)
numbers = st.integers(-1, 4) | st.booleans() | st.none() | st.floats() | st.text(max_size=2)
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
records = st.fixed_dictionaries(
    {},
    optional={
        "bled": odd,
        "mind": odd | st.fixed_dictionaries({"horizon": odd}),
        "narrator": odd
        | st.fixed_dictionaries(
            {
                "weights": st.fixed_dictionaries(
                    {
                        "n_event_errors": numbers,
                        "n_events": numbers,
                        "n_wrong_variables": numbers,
                        "n_variables": numbers,
                    }
                )
            }
        ),
    },
)
lines = st.tuples(st.sampled_from(["m", "t", "x"]), texts, st.just("") | texts, records).map(lambda said: Line(*said))


def is_in_range(score: ScoreValue) -> bool:
    metric = METRICS[score.metric]
    if score.value is None:
        return bool(score.reason)
    low, high = (metric.low, metric.high)
    return (low is None or low - 1e-9 <= score.value) and (high is None or score.value <= high + 1e-9)


@settings(max_examples=n_examples(60, 2_000))
@given(st.lists(lines, max_size=8))
def test_every_value_is_in_its_range_or_has_a_reason(said: list[Line]):
    found = measure(ABOUT, said, WORD_MEASURES)
    scores = [score for scores in found.by_line for score in scores]
    scores += [score for summary in found.summaries.values() for score in summary.values()]
    assert all(map(is_in_range, scores))
    whole = {metric.name for metric in METRICS.values() if metric.scope == "conversation"}
    assert set(found.summaries.get(WHOLE, {})) == whole


ENDLESS = {
    "newlines": lambda n: "\n" * n + ":)",
    "dots": lambda n: "a." * n,
    "stars": lambda n: "*" * n + ":",
    "question": lambda n: "?" + "a" * n,
    "at": lambda n: "a@" * n,
    "blanks": lambda n: "A" + " " * n + "?" + " " * n,
    "digits": lambda n: "1" * n + "?",
    "years": lambda n: "In 1950 and " * (n // 12) + "?",
    "names": lambda n: "Ab " * (n // 3) + "?",
    "signs": lambda n: "’" * n,
    "foreign": lambda n: "é" * n,
}
N_CHARS = 10_000


def seconds_of(work: Callable[[], Any]) -> float:
    best = sys.float_info.max
    for _ in range(2):
        read_words.cache_clear()
        begun = process_time()
        work()
        best = min(best, process_time() - begun)
    return best


def answer(one: Measure, text: str) -> None:
    asked = Line("t", "Who won the war in 1950? Tell me who killed the harbour master.")
    measure(ABOUT, [asked, Line("m", text), Line("t", text), Line("m", "I cannot know that." + text)], [one])


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("one", WORD_MEASURES, ids=lambda one: one.metrics[0].name)
def test_a_text_of_twice_the_length_does_not_cost_four_times(one: Measure, name: str):
    """What is quadratic costs some seconds at this length; a tenth of a second is left for what cannot be told."""
    make = ENDLESS[name]
    once = seconds_of(lambda: answer(one, make(N_CHARS)))
    twice = seconds_of(lambda: answer(one, make(2 * N_CHARS)))
    assert twice < 3 * once + 0.1


def test_questions_and_dates_are_found_in_linear_time():
    for make in ENDLESS.values():
        assert seconds_of(lambda make=make: [dates_beyond(one, "1926") for one in questions_of(make(N_CHARS))]) < 2
