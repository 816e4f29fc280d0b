"""Scores in the terminal: only what can be read by itself, and what it is measured in."""

from core.commands.score_words import explain_scores, say_scores


def test_a_turns_scores_are_those_that_can_be_read_by_themselves() -> None:
    scores = {"grounding": -0.001, "drift": 0.126, "echo": None, "voice.yule_k": 123.97, "voice.z": 1.0}
    assert say_scores(scores) == "Grounding 0.00   Drift 0.13   Distance from human voice 1.00"
    assert say_scores({}) == ""


def test_what_was_shown_is_explained() -> None:
    assert explain_scores(["drift", "grounding", "voice.yule_k"]) == (
        "Grounding: nats per token, higher is better; Drift: nats per token, lower is better"
    )
    assert explain_scores([]) == ""
