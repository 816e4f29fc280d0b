"""A character chooses what it does: what the weights prefer, else what it wants."""

import pytest

from core.inference.request import Choose, Chosen, Message, Request, Result, Usage
from core.inference.unsupported import Unsupported
from core.narrator.acts import ActKind
from core.narrator.choosing import MAX_CHOICES, NOTHING, Choice, choose_act
from tests.core.narrator.worlds import make_situation

CHAT = (Message("user", "Well?"), Message("assistant", "We shall see."))


def choose(favourite: str | None, share: float = 0.6, wants: str = "", label_mass: float = 1.0) -> Choice:
    """Lets Mara choose; the favourite has this share, the others the rest."""

    def ask(request: Request) -> Result | None:
        assert isinstance(request, Choose)
        assert len(request.options) <= MAX_CHOICES + 1
        assert request.messages[:-1] == CHAT
        n_options = len(request.options)
        rest = (1 - share) / (n_options - 1)
        shares = tuple(share if option == favourite else rest for option in request.options)
        even = (1 / n_options,) * n_options
        by_label, by_words = (shares, even) if label_mass > 0.5 else (even, shares)
        return Chosen(by_label, shares, by_words, label_mass, 0.0, (1,) * n_options, (), Usage(1, 0, 0, 0.0, 0.0))

    found = choose_act(make_situation(), "mara", CHAT, wants, ask, "mara acts")
    assert found is not None
    return found


@pytest.mark.parametrize("label_mass", [1.0, 0.0])
def test_what_the_weights_prefer_is_done(label_mass: float) -> None:
    found = choose("light the lamp", label_mass=label_mass)
    assert (found.act.kind, found.act.prop, found.act.state) == (ActKind.SET, "lamp", "lit")
    assert found.record["chosen"] == {"kind": "set", "role_id": "mara", "prop": "lamp", "state": "lit"}
    assert (found.record["decided_by"], found.record["weighed_by"]) == ("weights", "label" if label_mass else "words")


def test_doing_nothing_can_be_preferred() -> None:
    found = choose(NOTHING, wants="The key!")
    assert found.act is None
    assert "chosen" not in found.record


def test_without_a_preference_a_character_does_what_it_wants() -> None:
    assert choose(None, 0.12).act is None
    found = choose("light the lamp", 0.115, wants="Where is the key?")
    assert (found.act.kind, found.act.prop) == (ActKind.TAKE, "boathouse_key")
    assert found.record["decided_by"] == "wants"


def test_nobody_leaves_by_choice() -> None:
    assert "leave" not in choose(None, 0.12).record["options"]


def test_an_engine_that_cannot_weigh_options_and_a_stop() -> None:
    def unable(request: Request) -> Result | None:
        raise Unsupported("It only writes.", "Use others.")

    found = choose_act(make_situation(), "mara", CHAT, "Light the lamp.", unable, "mara acts")
    assert found.record["why"] == "It only writes."
    assert found.act.prop == "lamp"
    assert choose_act(make_situation(), "mara", CHAT, "", lambda request: None, "mara acts") is None
    assert choose_act(make_situation("Mara leaves"), "mara", CHAT, "", unable, "mara acts").record == {}
