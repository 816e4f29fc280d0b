"""What the trial asks a judge: about the one speaker looked at, without names."""

from collections.abc import Sequence

import pytest

from core.commands.validate_by_judge import JUDGED_LINES, judge_scorer
from core.fidelity.conversation import About, Line
from core.fidelity.judging.judge import Judge
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.measuring import WHOLE
from core.fidelity.metric import Metric, Scope
from core.fidelity.score import ScoreValue
from tests.core.fidelity.validation.small_talks import make_talk
from tests.scripted_judge import scripted_judge


def metric(name: str, scope: Scope) -> tuple[Metric, ...]:
    return (Metric(name, name, "", None, None, "higher", "judge", "", "", scope, "judge"),)


def test_the_target_is_judged_and_its_names_are_masked() -> None:
    talk = make_talk(0)
    asked: list[tuple[str, int | str]] = []

    def note(about: About, lines: Sequence[Line], what: int | str, name: str) -> list[ScoreValue]:
        assert {about.name(line.speaker) for line in lines}.isdisjoint({"Ann", "Ben"})
        asked.append((name, what))
        return [ScoreValue(name, float(len(asked)))]

    judge: Judge = scripted_judge()
    score = judge_scorer(
        judge,
        [
            JudgedMetric(
                metric("line", "turn"), "1", judge_turn=lambda _, about, said, one: note(about, said, one, "line")
            ),
            JudgedMetric(
                metric("own", "speaker"), "1", judge_speaker=lambda _, about, said, one: note(about, said, one, "own")
            ),
            JudgedMetric(
                metric("all", "conversation"), "1", judge_whole=lambda _, about, said: note(about, said, "", "all")
            ),
        ],
    )
    found = score(talk, [0])
    lines = [0, *talk.places(talk.target)[-JUDGED_LINES:]]
    assert asked == [*(("line", place) for place in sorted(set(lines))), ("own", talk.target), ("all", "")]
    assert found.summaries[talk.target]["line"].value == pytest.approx(sum(range(1, len(asked) - 1)) / (len(asked) - 2))
    assert found.summaries[talk.target]["own"].value == len(asked) - 1
    assert found.summaries[WHOLE]["all"].value == len(asked)
    assert [place for place, scores in enumerate(found.by_line) if scores] == sorted(set(lines))
