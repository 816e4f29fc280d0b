"""Playtester critique: a planted bug of the rules is named, readers differ, and what cannot be read is left out."""

import json

import pytest

from core.fidelity.judged.playtester import READERS, Reader, Review, playtester_metric, review, share_that_names
from core.fidelity.judging.judge import Judge
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.score import ScoreValue
from core.inference.request import Request
from tests.core.fidelity.judged.scenes import ABOUT, LINES
from tests.scripted_judge import scripted_judge

RULES = "Each player has one vote. A player without votes may vote twice."
RATINGS = dict(zip((reader.name for reader in READERS), (2, 5, 8, 9, 6), strict=True))


def write(chat: str, seed: int) -> str:
    reader = next(one for one in READERS if one.who in chat)
    sees_bug = reader.name != "Companion" and "vote twice" in chat
    return json.dumps(
        {
            "mechanics": "One votes.",
            "dynamics": "They bargain.",
            "aesthetics": "Tense.",
            "faults": ["Who has no votes may vote TWICE."] if sees_bug else [],
            "critique": "It runs.",
            "rating": min(10, RATINGS[reader.name] + seed % 2),
        }
    )


def judged(judge: Judge, rules: str = RULES) -> ScoreValue:
    ask = playtester_metric(rules).judge_whole
    assert ask is not None
    return ask(judge, ABOUT, LINES)[0]


def test_ratings_are_averaged_by_reader_and_readers_differ() -> None:
    score = judged(scripted_judge(write=write))
    assert score.value == pytest.approx(6 + 1 / 3)
    assert score.evidence["by_reader"]["Rules lawyer"] == pytest.approx(2 + 1 / 3)
    assert score.evidence["anova"]["f"] > 10
    assert score.evidence["anova"]["p"] < 0.05
    assert len(score.evidence["reviews"]) == 15


def test_a_planted_bug_is_named_by_at_least_half() -> None:
    reviews = [one for reader in READERS for one in _reviews(reader, RULES)]
    assert share_that_names(reviews, ("vote twice", "votes twice")) == 0.8
    fixed = [one for reader in READERS for one in _reviews(reader, "Each player has one vote.")]
    assert share_that_names(fixed, ("vote twice", "votes twice")) == 0.0
    assert share_that_names((), ("vote",)) == 0.0


def test_a_reader_that_cannot_be_read_is_missing_and_the_others_count() -> None:
    judge = scripted_judge(write=lambda chat, seed: "no" if READERS[0].who in chat else write(chat, seed))
    score = judged(judge)
    assert score.evidence["readers_missing"] == ["Rules lawyer"]
    assert score.value == pytest.approx(7 + 1 / 3)


def test_ratings_off_the_scale_are_not_read() -> None:
    judge = scripted_judge(write=lambda chat, seed: write(chat, seed).replace('"rating": ', '"rating": 1'))
    assert isinstance(review(judge, ABOUT, LINES, READERS[0], RULES), NotJudged)


def test_rules_alone_can_be_reviewed() -> None:
    asked: list[Request] = []
    ask = playtester_metric(RULES).judge_whole
    assert ask is not None
    assert ask(scripted_judge(write=write, asked=asked), ABOUT, ())[0].value is not None
    assert "What was said" not in asked[0].messages[1].content  # type: ignore[union-attr]
    nothing = playtester_metric("").judge_whole
    assert nothing is not None
    assert nothing(scripted_judge(write=write), ABOUT, ())[0].reason == "There is nothing to read."


def _reviews(reader: Reader, rules: str) -> list[Review]:
    found = review(scripted_judge(write=write), ABOUT, LINES, reader, rules)
    assert not isinstance(found, NotJudged)
    return list(found)
