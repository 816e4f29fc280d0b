"""What came of an act: by rules, by weights, and where both differ. The weights here say what a test wants."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.request import Finish, Generate, Generated, Request, Result, Usage
from core.inference.sampling.gbnf import parse_gbnf
from core.inference.unsupported import Unsupported
from core.narrator.acts import Act, ActKind
from core.narrator.affordances import possible_acts
from core.narrator.judging import Judgement, judge_act
from core.narrator.mechanics import NARRATOR_KEY, round_of
from core.narrator.situation import Situation
from core.narrator.telling import repeats
from core.narrator.updates import after_updates, legal_updates, meter_steps
from core.narrator.voice import SENTENCE_GRAMMAR, Voice, judgement_grammar
from core.world.state import describe_changes
from tests.core.narrator.test_mechanics import turn_with
from tests.core.narrator.worlds import NAMES, make_situation, situations

TAKE_KEY = Act(ActKind.TAKE, "mara", "boathouse_key")
TAKE_CHEST = Act(ActKind.TAKE, "mara", "chest")
LINE = "*takes the key* Now it is mine."


def first(what: str) -> float:
    return 0.0


def answer(feasible: str = "yes", affected: str = "nobody", updates: tuple[str, ...] = (), result: str = "") -> str:
    return json.dumps({"feasible": feasible, "affected": affected, "updates": list(updates), "result": result})


class Weights:
    """Says one thing, and keeps what it was asked."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.requests: list[Generate] = []

    def __call__(self, request: Request) -> Result | None:
        assert isinstance(request, Generate)
        self.requests.append(request)
        if self.text is None:
            return None
        return Generated(self.text, (), Finish.END, Usage(1, 0, 1, 0.0, 0.0))


def judged(text: str, act: Act = TAKE_KEY, changes: str = "", moves_meters: bool = False) -> Judgement:
    voice = Voice(Weights(text), moves_meters=moves_meters)
    found = judge_act(make_situation(changes), act, LINE, first, voice)
    assert found is not None
    return found


def test_by_rules_a_sentence_of_its_own_words() -> None:
    found = judge_act(make_situation(), TAKE_KEY, LINE, first)
    assert found.text == "Mara Voss has the boathouse key now."
    assert found.audience == ("mara", "theo")
    assert found.record == {
        "act": {"kind": "take", "role_id": "mara", "prop": "boathouse_key"},
        "feasible": True,
        "affected": None,
        "effects": "boathouse_key.holder = Mara Voss",
        "text_from": "rules",
    }
    refused = judge_act(make_situation(), TAKE_CHEST, LINE, first)
    assert refused.text == "It cannot be: the chest is not here."
    assert refused.record["reason"] == "the chest is at the boathouse"
    assert refused.effects == ""


def test_weights_that_are_right_tell_the_result() -> None:
    key = "boathouse_key.holder = Mara Voss"
    found = judged(answer("yes", "Theo Brand", (key,), "The key swings from the belt of Mara Voss."))
    assert found.text == "The key swings from the belt of Mara Voss."
    assert found.by_weights
    assert found.effects == key
    assert found.record["affected"] == "theo"
    assert round_of(turn_with({NARRATOR_KEY: found.record})).is_clean


def test_the_rules_have_the_last_word_and_differences_are_counted() -> None:
    key = "boathouse_key.holder = Mara Voss"
    denied = judged(answer("no", "nobody", (), "Mara Voss finds the hook empty."))
    assert denied.effects == key
    assert denied.text == "Mara Voss has the boathouse key now."
    assert denied.record["why_template"] == "it denies what the rules allow"
    one = round_of(turn_with({NARRATOR_KEY: denied.record}))
    assert (one.n_event_errors, one.n_wrong_variables) == (1, 2), "the holder and the place of the key"

    granted = judged(answer("yes", "nobody", ("chest.holder = Mara Voss",), "Mara has the chest."), TAKE_CHEST)
    assert granted.effects == ""
    assert granted.record["weights"]["n_event_errors"] == 1
    assert granted.record["weights"]["n_wrong_variables"] == 2

    added = judged(answer("yes", "nobody", (key, "lamp.state = lit"), "Mara Voss lights up at the key."))
    assert added.effects == key
    assert added.record["weights"]["n_wrong_variables"] == 1


@pytest.mark.parametrize(
    ("result", "why"),
    [
        ("Mm.", "it says nothing"),
        ("Now it is mine.", "it says the act again"),
        ("The bread is cold and dry.", "it is about something else"),
        ("Mara Voss takes the key from the chest.", "it names what those who are there cannot see"),
        ("Mara Voss weighs the key beside the ledger.", "it names what those who are there cannot see"),
    ],
)
def test_sentences_that_are_not_told(result: str, why: str) -> None:
    found = judged(answer("yes", "nobody", (), result))
    assert found.record["why_template"] == why
    assert found.text == "Mara Voss has the boathouse key now."
    assert found.record["text_from"] == "rules"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I see.",
        "{}",
        answer("maybe"),
        answer(affected="Ida Quill"),
        answer(updates=("tension = 0",)),
        '{"feasible"',
    ],
)
def test_an_answer_in_another_form_says_nothing(text: str) -> None:
    found = judged(text)
    assert found.record["why_template"] == "the answer has not the form that was asked"
    assert "weights" not in found.record


def test_an_answer_that_was_cut_off_keeps_what_it_said() -> None:
    cut = answer("yes", "Theo Brand", (), "Mara Voss holds the key up to the li")[:-3]
    assert judged(cut).text == "Mara Voss holds the key up to the."


def test_stopped_and_unable_weights() -> None:
    assert judge_act(make_situation(), TAKE_KEY, LINE, first, Voice(Weights(None))) is None

    def unable(request: Request) -> Result | None:
        raise Unsupported("This server cannot keep to a grammar.", "Use others.")

    found = judge_act(make_situation(), TAKE_KEY, LINE, first, Voice(unable))
    assert found.record["why_template"] == "This server cannot keep to a grammar."
    assert isinstance(Unsupported("", ""), UserError)


def test_a_persona_only_finds_the_words() -> None:
    weights = Weights("Mara Voss owns the key and the cold of it.")
    found = judge_act(make_situation(), TAKE_KEY, LINE, first, Voice(weights, system="I am the sea.", judges=False))
    assert found.text == "Mara Voss owns the key and the cold of it."
    assert "weights" not in found.record
    assert weights.requests[0].grammar == SENTENCE_GRAMMAR
    assert weights.requests[0].messages[0].content == "I am the sea."
    assert "It is done." in weights.requests[0].messages[1].content


def test_the_question_tells_nothing_that_cannot_be_seen_there() -> None:
    weights = Weights("")
    judge_act(make_situation(), TAKE_KEY, LINE, first, Voice(weights, reads_line=False))
    asked = weights.requests[0].messages[1].content
    for secret in ("chest", "ledger", "Ida", "mine"):
        assert secret not in asked
    judge_act(make_situation(), TAKE_KEY, LINE, first, Voice(weights))
    assert LINE in weights.requests[1].messages[1].content


def test_meters_move_within_their_bounds_and_are_told() -> None:
    text = answer("yes", "nobody", ("tension + 1",), "Mara Voss has the key at last.")
    moved = judged(text, moves_meters=True)
    assert moved.effects == "boathouse_key.holder = Mara Voss\ntension + 1"
    assert moved.text == "Mara Voss has the key at last. Tension is 3 now."
    still = judged(text)
    assert "tension" not in still.effects
    assert still.record["weights"]["n_wrong_variables"] == 3, "the key twice, and the number"
    top = judged(text, changes="tension = 3", moves_meters=True)
    assert top.record["why_template"] == "the answer has not the form that was asked", "it was not offered"


@given(situations(), st.data())
def test_what_is_told_is_what_changed(situation: Situation, data: st.DataObject) -> None:
    """Meters: every narrated change equals the applied one, and bounds hold; whatever the weights say."""
    role_id = data.draw(st.sampled_from(sorted(NAMES)))
    acts = possible_acts(situation, role_id) or [Act(ActKind.LEAVE, role_id)]
    act = data.draw(st.sampled_from(acts))
    offered = legal_updates(situation, act)
    updates = tuple(data.draw(st.lists(st.sampled_from(offered), max_size=2, unique=True))) if offered else ()
    text = answer(data.draw(st.sampled_from(["yes", "no"])), "nobody", updates, "Mara Voss, Theo Brand, Ida Quill.")
    found = judge_act(situation, act, "", first, Voice(Weights(text), moves_meters=True))
    after = after_updates(situation, found.effects)
    changed = describe_changes(situation.rules.slots, situation.state, after.state)
    meters = {step: name for step, name in meter_steps(situation).items() if step in found.record.get("meters", ())}
    assert len(set(meters.values())) == len(meters) <= 1
    assert ("calm" in changed) == bool(meters)
    for step, name in meters.items():
        before, now = situation.reader.variables()[name], after.reader.variables()[name]
        assert now - before == (1 if "+" in step else -1)
        assert found.text.endswith(f"Calm is {now} now.")
    for slot, value in zip(situation.rules.slots.all, after.state.values, strict=True):
        assert slot.low <= value <= slot.high
    record = found.record
    assert record["affected"] is None or (record["affected"] in found.audience and record["affected"] != role_id)
    assert json.loads(json.dumps(record)) == record
    if record["feasible"] is False:
        assert record["effects"] == ""


@settings(max_examples=40)
@given(situations(), st.data())
def test_every_grammar_can_be_read_and_offers_only_what_is_legal(situation: Situation, data: st.DataObject) -> None:
    role_id = data.draw(st.sampled_from(sorted(NAMES)))
    act = data.draw(st.sampled_from(possible_acts(situation, role_id) or [Act(ActKind.LEAVE, role_id)]))
    offered = legal_updates(situation, act)
    for update in offered:
        situation.rules.read_changes(update)
    parse_gbnf(judgement_grammar([*NAMES.values(), 'A "name" \\ of \n mine'], offered))
    parse_gbnf(judgement_grammar([], []))
    parse_gbnf(SENTENCE_GRAMMAR)


@settings(max_examples=25)
@given(st.text(alphabet="marvostheky.nw ", max_size=120), st.sampled_from(sorted(NAMES)), st.floats(0, 0.999))
def test_the_result_is_never_the_act_word_for_word(line: str, role_id: str, drawn: float) -> None:
    situation = make_situation()
    for act in possible_acts(situation, role_id):
        found = judge_act(situation, act, line, lambda what: drawn)
        assert not repeats(found.text, line)
    echo = (
        "Mara Voss has the boathouse key now. The boathouse key is with Mara Voss. Mara Voss holds the boathouse key."
    )
    assert judge_act(situation, TAKE_KEY, echo, first).text == "So it is now."
