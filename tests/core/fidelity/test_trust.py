"""How far to trust a measure: sentences from the table that ships."""

from collections.abc import Iterable
from typing import Any

from core.fidelity.catalogue import DEFAULT_CHARTS
from core.fidelity.trust import load_table, parse_table, trust_of
from core.fidelity.validation.corruptions import CORRUPTIONS


def row(
    metric: str, corruption: str, auc: float, low: float | None = None, high: float | None = None
) -> dict[str, Any]:
    return {
        "metric": metric,
        "corruption": corruption,
        "auc": auc,
        "low": auc - 0.05 if low is None else low,
        "high": auc + 0.05 if high is None else high,
        "n": 100,
    }


TABLE = parse_table(
    {
        "rows": [
            row("adherence", "shuffle", 0.5),
            row("adherence", "persona_swap", 0.83),
            row("adherence", "echo", 0.65),
            row("coherence", "shuffle", 0.999),
            row("coherence", "repetition", 0.9),
            row("coherence", "echo", 0.02),
            row("faint", "takeover", 0.66),
            row("noise", "takeover", 0.66, low=0.45),
        ],
    }
)


def test_what_is_told_best_stands_first() -> None:
    assert [one.corruption for one in TABLE["adherence"].seen] == ["persona_swap", "echo", "shuffle"]
    assert TABLE["adherence"].best == 0.83
    assert TABLE["adherence"].sentence() == (
        "Tells the right persona from a stranger's in 83 of 100 pairs. Does not see shuffled lines. "
        "Tried over whole dialogues, not single turns: 100 and spoilt copies of them."
    )


def test_no_measure_is_said_to_be_perfect_and_what_misleads_it_is_said() -> None:
    assert TABLE["coherence"].sentence() == (
        "Tells the order of the lines from a mixed one in 99 of 100 pairs and a speaker from one who says "
        "the same again in 90. Takes echoes for the better. "
        "Tried over whole dialogues, not single turns: 100 and spoilt copies of them."
    )


def test_all_that_is_not_seen_is_named() -> None:
    rows = [row("one", corruption.name, 0.5) for corruption in CORRUPTIONS if corruption.name != "echo"]
    said = parse_table({"rows": [row("one", "echo", 1.0), *rows]})["one"].sentence()
    assert "Does not see swapped personas, swapped speakers, repetitions, " in said
    assert "or turns that run on as somebody else." in said
    assert "more" not in said


def test_an_inkling_and_nothing_at_all() -> None:
    assert TABLE["faint"].sentence() == (
        "Has an inkling, no more: tells a speaker from one whom somebody else takes over in 66 of 100 pairs. "
        "Tried over whole dialogues, not single turns: 100 and spoilt copies of them."
    )
    assert TABLE["faint"].separates
    assert not TABLE["noise"].separates
    assert (
        TABLE["noise"].sentence() == "Tells none of the spoilt dialogues from sound ones. "
        "Tried over whole dialogues, not single turns: 100 and spoilt copies of them."
    )


def test_a_measure_that_was_never_tried_says_so() -> None:
    trust = trust_of("no.such.metric")
    assert (trust.best, trust.separates, trust.seen) == (0.5, False, ())
    assert trust.sentence() == "It has not been tried on dialogues that were spoilt on purpose."


def test_the_shipped_table_is_whole() -> None:
    table = load_table()
    names = {corruption.name for corruption in CORRUPTIONS}
    assert table
    for trust in table.values():
        assert {one.corruption for one in trust.seen} <= names
        assert all(0 <= one.low <= one.auc <= one.high <= 1 and one.n >= 2 for one in trust.seen)
        assert trust.sentence().endswith(".")


def test_the_shipped_table_keeps_what_is_promised() -> None:
    assert best_of("persona_swap", DEFAULT_CHARTS) >= 0.8
    assert best_of("shuffle", ["drift", "meaning.coherence"]) >= 0.75
    assert best_of("echo", ["echo"]) >= 0.95
    assert best_of("repetition", ["repetition"]) >= 0.95
    assert best_of("bleed", ["bleed"]) >= 0.95


def test_each_chart_that_is_shown_where_nobody_chose_tells_something() -> None:
    assert [name for name in DEFAULT_CHARTS if not trust_of(name).separates] == []


def best_of(corruption: str, metrics: Iterable[str]) -> float:
    return max(one.auc for name in metrics for one in trust_of(name).seen if one.corruption == corruption)
