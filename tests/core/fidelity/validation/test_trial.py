"""The trial: sound dialogues against spoilt copies, by measures whose verdict is known."""

import json
from collections.abc import Mapping, Sequence

import pytest

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import WHOLE, Measure
from core.fidelity.metric import Better, Metric, Scope
from core.fidelity.score import ScoreValue
from core.fidelity.validation.corruptions import CORRUPTIONS
from core.fidelity.validation.table import HOW_TO_READ, format_table, make_table, text_table
from core.fidelity.validation.trial import Result, Trial, measures_scorer
from tests.core.fidelity.validation.small_talks import make_talk

TALKS = [make_talk(number, 10 + number) for number in range(6)]


class Counting:
    """Scores how many lines are equal to one before; of the conversation, or of each turn and speaker."""

    def __init__(self, metric: Metric, about: About) -> None:
        self._metric = metric
        self._about = about
        self._said: list[str] = []
        self._n = 0

    def add(self, line: Line) -> list[ScoreValue]:
        again = line.text in self._said
        self._said.append(line.text)
        self._n += again
        if self._metric.scope != "turn":
            return []
        if line.speaker not in self._about.personas:
            return [ScoreValue(self._metric.name, None, "No persona.")]
        return [ScoreValue(self._metric.name, float(again))]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        whole = {WHOLE: [ScoreValue(self._metric.name, float(self._n))]}
        return whole if self._metric.scope == "conversation" else {}


def measure_of(scope: Scope, better: Better = "lower") -> Measure:
    metric = Metric("again", "Again", "", 0, None, better, "nothing", "", "", scope)
    return Measure((metric,), lambda about: Counting(metric, about))


def tried(measure: Measure, talks: list = TALKS) -> dict[str, Result]:  # type: ignore[type-arg]
    trial = Trial({one.name: one for one in measure.metrics}, measures_scorer([measure]))
    assert list(trial.run(talks)) == talks
    return {one.corruption: one for one in trial.results()}


@pytest.mark.parametrize("scope", ["turn", "conversation"])
def test_what_a_measure_sees_is_told_apart_and_what_it_does_not_see_is_at_a_half(scope: Scope) -> None:
    found = tried(measure_of(scope))
    assert list(found) == [corruption.name for corruption in CORRUPTIONS]
    for name in ("echo", "repetition"):
        assert found[name].separation.auc == 1
        assert found[name].separation.low < 1
    for name in ("persona_swap", "negation", "foreign_line", "shuffle"):
        separation = found[name].separation
        assert (separation.auc, separation.low, separation.high, separation.n) == (0.5, 0.5, 0.5, 6)


def test_the_direction_is_the_metrics() -> None:
    lower, higher = tried(measure_of("turn", "lower")), tried(measure_of("turn", "higher"))
    for name, result in lower.items():
        assert result.separation.auc == pytest.approx(1 - higher[name].separation.auc)
    assert tried(measure_of("turn", "reference"))["echo"].separation.auc == 1


def test_dialogues_without_a_score_do_not_count() -> None:
    talks = [*TALKS[:3], make_talk(3, facts=False), make_talk(4, facts=False)]
    found = tried(measure_of("turn"), talks)
    assert {result.separation.n for result in found.values()} == {3}
    assert tried(measure_of("turn"), [make_talk(0, facts=False), make_talk(1, facts=False)]) == {}


def test_after_any_number_of_dialogues_there_are_results() -> None:
    measure = measure_of("turn")
    trial = Trial({"again": measure.metrics[0]}, measures_scorer([measure]))
    running = trial.run(TALKS)
    assert trial.results() == []
    for _ in range(3):
        next(running)
    assert {result.separation.n for result in trial.results()} == {3}


def test_rows_and_tables_say_the_same() -> None:
    results = list(tried(measure_of("turn")).values())
    row = results[2].row()
    assert row == {"metric": "again", "corruption": "echo", "auc": 1.0, "low": row["low"], "high": 1.0, "n": 6}
    text = text_table(results)
    assert text.splitlines()[0].split() == ["metric", *(corruption.name for corruption in CORRUPTIONS)]
    assert "1.00 .54–1.00" in text
    table = make_table(results, TALKS, 0, "", 0)
    assert table["rows"] == [result.row() for result in results]
    assert json.loads(format_table(table)) == table
    assert table["how_measured"] == HOW_TO_READ
    assert table["seed"] == 0
    assert table["sources"] == ["made-up"]
