"""Adherence, bleed, talk, balance, endings, the world and opinions: small conversations, worked out by hand."""

import pytest

from core.fidelity.conversation import About, Line
from core.fidelity.measures import WORD_MEASURES
from core.fidelity.measuring import WHOLE, Measure, Measured, measure
from core.fidelity.score import ScoreValue
from core.fidelity.words import adherence, balance, bleed, echo, ending, mechanics, talk
from core.fidelity.words.opinions import correlation, opinion_spread
from core.fidelity.words.overlap import common_subsequence

ABOUT = About(
    personas={"m": ("She keeps the lamp.", "She has two goats."), "t": ("He sells bread.",)},
    names={"m": "Mara", "t": "Theo"},
)


def run(one: Measure, *lines: Line, about: About = ABOUT) -> Measured:
    return measure(about, lines, [one])


def last(one: Measure, *lines: Line) -> dict[str, ScoreValue]:
    return {score.metric: score for score in run(one, *lines).by_line[-1]}


def test_words_of_the_own_persona():
    found = last(adherence.MEASURE, Line("m", "My goats ate."))
    assert found["adherence.tfidf"].evidence == {
        "words": ["goats"],
        "statement": "She has two goats.",
        "statement_number": 2,
    }
    assert 0 < found["adherence.tfidf"].value < 1
    assert found["adherence.tfidf.contrast"].value == found["adherence.tfidf"].value


def test_words_of_another_s_persona():
    found = last(adherence.MEASURE, Line("m", "I sell bread, he sells bread."))
    assert found["adherence.tfidf"].value == 0
    assert found["adherence.tfidf.contrast"].value < 0
    assert found["adherence.tfidf.contrast"].evidence["other"] == "Theo"


def test_what_of_a_persona_was_told():
    told = run(adherence.MEASURE, Line("m", "The lamp!"), Line("m", "Two.")).summaries["m"]["adherence.told"]
    assert told.value == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert told.evidence == {"words": ["lamp", "two"], "untold": []}


def test_without_personas_adherence_is_not_scored():
    found = run(adherence.MEASURE, Line("a", "The lamp!"), about=About())
    assert all(score.value is None and score.reason for score in found.by_line[0])
    assert found.summaries["a"]["adherence.told"].value is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (Line("m", "Yes.\nTheo: I was there."), "somebody else"),
        (Line("m", "*Theo*: I was there."), "somebody else"),
        (Line("m", "\n\n  > [“Theo”]: I was there."), "somebody else"),
        (Line("m", "Yes.", record={"bled": True}), "cut"),
        (Line("m", "Well. The boat was at the pier by nine."), "Theo has said this."),
    ],
)
def test_a_turn_that_speaks_for_others(line: Line, why: str):
    found = last(bleed.MEASURE, Line("t", "The boat was at the pier by nine!"), line)["bleed"]
    assert found.value == 1
    assert why in found.evidence["why"]


@pytest.mark.parametrize(
    "line",
    [
        Line("m", "Mara: yes."),
        Line("m", "I told Theo: go home."),
        Line("m", "At nine: the boat."),
        Line("m", "At the pier by nine.", record={"bled": "yes"}),
    ],
)
def test_a_turn_that_speaks_for_itself(line: Line):
    assert last(bleed.MEASURE, Line("t", "The boat was at the pier by nine!"), line)["bleed"].value == 0


def test_length_and_questions():
    found = last(talk.MEASURE, Line("m", "It was late. Who was it? And why?"))
    assert [score.value for score in found.values()] == [8, 1, 0]
    assert found["talk.questions"].evidence["words"] == ["Who was it?", "And why?"]
    assert last(talk.MEASURE, Line("m", "I see."))["talk.short"].value == 1


def test_scripts_without_blanks_have_no_length():
    found = last(talk.MEASURE, Line("m", "我们走吧。好吗？OK"))
    assert [score.value for score in found.values()] == [None, 1, None]
    assert "blanks" in found["talk.words"].reason
    assert last(talk.MEASURE, Line("m", "Привет, как дела?"))["talk.words"].value == 3
    assert last(talk.MEASURE, Line("m", "I say 走吧 to you"))["talk.words"].value == 5


def test_echo_shows_whole_words():
    found = last(echo.MEASURE, Line("t", "Don’t burn the crème brûlée!"), Line("m", "I don't like crème brulee."))
    assert found["echo"].evidence["shared"] == ["brulee", "creme"]
    assert found["echo.rouge"].evidence["words"] == ["don't", "creme", "brulee"]


def test_echo_in_order_and_its_words():
    first, second = (Line("t", "the boat was at the pier"), Line("m", "the old boat at the pier"))
    found = last(echo.MEASURE, first, second)["echo.rouge"]
    assert found.value == pytest.approx(2 * 5 / 12)
    assert found.evidence == {"partner": "Theo", "turn": 1, "words": ["the", "boat", "at", "the", "pier"]}
    assert common_subsequence([], ["a"]) == []


def test_balance_counts_those_who_are_silent():
    found = run(balance.MEASURE, Line("m", "one two three")).summaries[WHOLE]
    assert found["balance.gini"].value == pytest.approx(0.5)
    assert found["balance.entropy"].value == 0
    assert found["balance.gini"].evidence["counts"] == {"Mara": 3, "Theo": 0}
    alone = run(balance.MEASURE, Line("m", "one two"), about=About()).summaries[WHOLE]
    assert alone["balance.gini"].value is None


@pytest.mark.parametrize(
    ("texts", "value", "how"),
    [
        (["Shall we?", "It was a pleasure. Goodbye!"], 1, "natural"),
        (["Thank you.", "You're welcome."], 1, "natural"),
        (["So he left.", "Where to?"], 0, "open"),
        (["a b c d", "the light is dark", "the light is dark", "the light is dark"], 0, "loop"),
        ([f"line {number} is new" for number in range(50)], 0, "cap"),
    ],
)
def test_how_it_ended(texts: list[str], value: int, how: str):
    lines = [Line("mt"[place % 2], text) for place, text in enumerate(texts)]
    found = run(ending.MEASURE, *lines).summaries[WHOLE]["ending"]
    assert (found.value, found.evidence["how"]) == (value, how)


@pytest.mark.parametrize(
    "text",
    [
        "I have a nice car",
        "It took so long to build it",
        "It took so long.",
        "so long as we can",
        "I have a good feeling",
        "Nothing else matters",
        "I should go on with the story",
        "I must go to the harbour",
        "Take care of the goats.",
        "It was a good day.",
    ],
)
def test_what_only_begins_like_a_farewell(text: str):
    found = run(ending.MEASURE, Line("m", "Where is it?"), Line("t", text)).summaries[WHOLE]["ending"]
    assert found.evidence["how"] == "open"


@pytest.mark.parametrize(
    "text",
    [
        "Well, so long, Theo!",
        "I think I should go.",
        "I must go, it is late.",
        "Have a nice day",
        "You too, have a good time!",
        "Nothing else, thanks.",
        "Good night, Mara.",
    ],
)
def test_what_is_a_farewell(text: str):
    found = run(ending.MEASURE, Line("m", "Where is it?"), Line("t", text)).summaries[WHOLE]["ending"]
    assert found.evidence["how"] == "natural"


def test_a_single_turn_has_no_ending():
    assert run(ending.MEASURE, Line("m", "Goodbye.")).summaries[WHOLE]["ending"].value is None


def test_errors_about_the_world_from_records():
    def turn(**numbers: int) -> Line:
        return Line("m", "So be it.", record={"narrator": {"weights": numbers}})

    clean = turn(n_event_errors=0, n_events=2, n_wrong_variables=0, n_variables=4)
    wrong = turn(n_event_errors=1, n_events=2, n_wrong_variables=0, n_variables=4)
    found = run(mechanics.MEASURE, clean, Line("t", "No."), wrong).summaries[WHOLE]
    assert [found[name].value for name in ("world.mec", "world.ece", "world.vue")] == [0.5, 0.25, 0]
    assert found["world.mec"].evidence["turns"] == [3]
    assert run(mechanics.MEASURE, Line("t", "No.")).summaries[WHOLE]["world.mec"].value is None


@pytest.mark.parametrize(
    "numbers",
    [
        {"n_event_errors": 3, "n_events": 2, "n_wrong_variables": 0, "n_variables": 4},
        {"n_event_errors": 0, "n_events": 2, "n_wrong_variables": 5, "n_variables": 4},
        {"n_event_errors": 1, "n_events": 0, "n_wrong_variables": 0, "n_variables": 0},
        {"n_event_errors": True, "n_events": True, "n_wrong_variables": False, "n_variables": 1},
        {"n_event_errors": 0, "n_events": 2},
    ],
)
def test_records_that_cannot_be(numbers: dict[str, int]):
    line = Line("m", "So be it.", record={"narrator": {"weights": numbers}})
    assert mechanics.round_of_record(line.record) is None
    assert run(mechanics.MEASURE, line).summaries[WHOLE]["world.ece"].value is None


def test_opinions_that_draw_together_too_soon():
    found = opinion_spread({"a": (-2.5, -0.5), "b": (0.5, 0.5), "c": (2.5, 0.5)}, [{"a": "b", "b": "a", "c": "b"}])
    assert found.sd[0] == pytest.approx(2.0548, abs=1e-4)
    assert found.is_premature
    assert found.mean_shift == 0
    assert found.mean == pytest.approx((1 / 6, 1 / 6))
    assert found.regression < -0.9
    assert found.pull == pytest.approx(10 / (186 / 9 * 8) ** 0.5)
    assert not opinion_spread({"a": (1, 1), "b": (2, 2)}).is_premature
    assert opinion_spread({"a": (1, 1), "b": (2, 2)}).regression is None
    with pytest.raises(ValueError, match="two people"):
        opinion_spread({"a": (1, 2)})


def test_correlation_by_hand():
    assert correlation((1, 2, 3), (2, 4, 6)) == pytest.approx(1)
    assert correlation((1, 2, 3), (1, 1, 1)) is None
    assert correlation((1, 2, 3), (0.1, 0.1, 0.1)) is None
    assert correlation((0.3 - 0.2, 0.2 - 0.1, 0.1), (1, 2, 3)) is None
    assert correlation((1e-200, 2e-200), (1, 2)) is None


def test_all_measures_take_anything():
    texts = ["", "…", "走吧", "?", ":", "Mara:", "’’", "\n\n", "a" * 5000, "!" * 50]
    lines = [Line("mtx"[place % 3], text, record={"bled": 1, "mind": None}) for place, text in enumerate(texts)]
    found = measure(ABOUT, lines, WORD_MEASURES)
    names = [metric.name for one in WORD_MEASURES for metric in one.metrics if metric.scope == "turn"]
    assert all([score.metric for score in scores] == names for scores in found.by_line)
    assert set(found.summaries) == {"m", "t", "x", WHOLE}
    whole = {metric.name for one in WORD_MEASURES for metric in one.metrics if metric.scope == "conversation"}
    assert set(found.summaries[WHOLE]) == whole
