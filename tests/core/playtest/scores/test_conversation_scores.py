"""Chats from files: every metric that was asked for, and nothing that was not."""

from core.fidelity.conversation import About, Line
from core.fidelity.measures import MEANING_MEASURES, WORD_MEASURES
from core.fidelity.measuring import WHOLE, measure
from core.playtest.scores.conversation_scores import ConversationScorer

TURNS = [
    ("Ann", "I keep bees behind the mill."),
    ("Bo", "You keep bees? I am afraid of bees."),
    ("Ann", "My bees are gentle, and the honey is good."),
    ("Bo", "I sell cars in town, there are no bees in cars."),
]
PERSONAS = {"Ann": ("I keep bees.", "I live in a mill."), "Bo": ("I sell cars.",)}
MEASURES = (*WORD_MEASURES, *MEANING_MEASURES)


def test_turns_speakers_and_the_whole_are_what_the_measures_say():
    names = [metric.name for one in MEASURES for metric in one.metrics]
    scorer = ConversationScorer(TURNS, PERSONAS, None, names, None)
    found = [scorer.score_next() for _ in TURNS]
    measured = measure(About(PERSONAS), (Line(*turn) for turn in TURNS), MEASURES)
    assert [list(scores) for scores in measured.by_line] == found
    for speaker in PERSONAS:
        summary = {score.metric: score for score in scorer.summarise(speaker)}
        assert summary == measured.summaries[speaker]
        assert list(summary) == [name for name in names if name in summary]
    assert {score.metric: score for score in scorer.summarise_whole()} == measured.summaries[WHOLE]


def test_scores_come_in_the_order_asked_for():
    scorer = ConversationScorer(TURNS, PERSONAS, None, ("meaning.echo", "echo", "drift", "meaning.separation"), None)
    assert [score.metric for score in scorer.score_next()] == ["meaning.echo", "echo"]
    scorer.score_next()
    assert [score.metric for score in scorer.summarise("Bo")] == ["meaning.echo", "echo"]
    assert [score.metric for score in scorer.summarise_whole()] == ["meaning.separation"]


def test_what_is_skipped_is_heard_but_not_scored():
    scorer = ConversationScorer(TURNS, PERSONAS, None, ("echo",), None)
    scorer.skip_next()
    whole = ConversationScorer(TURNS, PERSONAS, None, ("echo",), None)
    whole.score_next()
    assert scorer.score_next() == whole.score_next()
    assert scorer.summarise("Ann") == []
    assert scorer.summarise("Nobody") == []
