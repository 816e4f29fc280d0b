"""A character chooses what it does: what the weights mean, else what it wants."""

import math

from core.inference.request import Finish, Generate, Generated, Message, Request, Result, Usage
from core.inference.sampling.gbnf import parse_gbnf
from core.inference.unsupported import Unsupported
from core.narrator.acts import Act, ActKind
from core.narrator.choosing import MAX_CHOICES, NOTHING, Choice, choose_act, options_grammar
from tests.core.narrator.worlds import make_situation

ASKED = Generate("mara", (Message("user", "Well?"), Message("assistant", "We shall see.")))


def choose(answer: str, confidence: float | None = 0.9, wants: str = "", recent: tuple[Act, ...] = ()) -> Choice:
    """Lets Mara choose; the weights answer this, each token as likely as given."""

    def ask(request: Request) -> Result | None:
        assert isinstance(request, Generate)
        assert (request.lane, request.messages[:-1]) == (ASKED.lane, ASKED.messages)
        parse_gbnf(request.grammar)
        logprobs = () if confidence is None else (math.log(confidence),) * 3
        return Generated(answer, (1, 2, 3), Finish.END, Usage(1, 0, 3, 0.0, 0.0), logprobs)

    found = choose_act(make_situation(), "mara", ASKED, wants, ask, recent)
    assert found is not None
    assert len(found.record["options"]) <= MAX_CHOICES + 1
    return found


def test_what_the_weights_mean_is_done() -> None:
    found = choose("light the lamp")
    assert (found.act.kind, found.act.prop, found.act.state) == (ActKind.SET, "lamp", "lit")
    assert found.record["chosen"] == {"kind": "set", "role_id": "mara", "prop": "lamp", "state": "lit"}
    assert (found.record["decided_by"], found.record["confidence"]) == ("weights", 0.9)


def test_the_grammar_has_any_name_in_it() -> None:
    parse_gbnf(options_grammar(['take the "key" \\ of', "go to Łódź"]))


def test_doing_nothing_can_be_meant() -> None:
    found = choose(NOTHING, wants="The key!")
    assert found.act is None
    assert found.record["decided_by"] == "weights"
    assert "chosen" not in found.record


def test_without_a_preference_a_character_does_what_it_wants() -> None:
    assert choose("light the lamp", 0.01).act is None
    found = choose("light the lamp", 0.01, wants="Where is the key?")
    assert (found.act.kind, found.act.prop) == (ActKind.TAKE, "boathouse_key")
    assert (found.record["decided_by"], found.record["why"]) == ("wants", "The weights had no preference.")


def test_what_is_wanted_far_away_is_gone_to_and_nothing_is_undone() -> None:
    assert choose("", wants="Open the chest in the boathouse.").act.place == "jetty"
    assert choose("", wants="Wait in the hall.").act is None
    assert choose("", wants="Light the lamp.").act.state == "lit"
    assert choose("", wants="The knife!").act is None, "it is held already"


def test_what_has_just_been_done_is_not_undone() -> None:
    done = (Act(ActKind.PUT, "theo", "lamp"), Act(ActKind.SET, "theo", "lamp", state="dark"))
    options = choose(NOTHING, recent=done).record["options"]
    assert "take the lamp" not in options
    assert "light the lamp" not in options
    assert "take the boathouse key" in options
    gone = choose(NOTHING, recent=(Act(ActKind.GO, "mara", place="jetty"),)).record["options"]
    assert "go to the jetty" not in gone
    assert "go to Upper Attic" in gone


def test_nobody_leaves_by_choice() -> None:
    assert "leave" not in choose(NOTHING).record["options"]


def test_an_engine_that_keeps_to_no_grammar_and_a_stop() -> None:
    def unable(request: Request) -> Result | None:
        raise Unsupported("It only writes.", "Use others.")

    found = choose_act(make_situation(), "mara", ASKED, "Light the lamp.", unable)
    assert found.record["why"] == "It only writes."
    assert found.act.prop == "lamp"
    assert choose("I take the lamp, of course.").record["why"] == "The answer is none of the acts."
    assert choose("light the lamp", None).record["decided_by"] == "weights", "a server does not say how likely it was"
    assert choose_act(make_situation(), "mara", ASKED, "", lambda request: None) is None
    assert choose_act(make_situation("Mara leaves"), "mara", ASKED, "", unable).record == {}
