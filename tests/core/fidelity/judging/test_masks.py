"""No name of the cast reaches a judge, and evidence has the real ones again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.judging.masks import mask_names, masks_for

CAST = {"r1": "Captain Mara Voss", "r2": "Theo Voss", "r3": "Will"}


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("Mara's brother", "Person A's brother"),
        ("MARA! Captain Mara Voss!", "Person A! Person A!"),
        ("Mara Voss, and Theo", "Person A, and Person B"),
        ("the Vosses, Voss' house", "the Family A, Family A' house"),
        ("Tamara and theology", "Tamara and theology"),
        ("Will you go? Will, come! I asked Will.", "Will you go? Person C, come! I asked Person C."),
        ("a captain, the Captain", "a captain, the Captain"),
        ("Mara\n Voss", "Person A"),
    ],
)
def test_names_are_hidden_by_all_their_parts(said: str, hidden: str) -> None:
    assert masks_for(CAST).hide(said) == hidden


def test_a_short_name_is_not_in_a_contraction() -> None:
    assert masks_for({"r": "Don"}).hide("Don, don't. Don't!") == "Person A, don't. Don't!"


def test_names_without_blanks_around_them_are_hidden() -> None:
    assert masks_for({"r": "山田"}).hide("私は山田です") == "私はPerson Aです"


def test_nicknames_are_hidden_and_revealed_as_the_name() -> None:
    masks = masks_for({"r": "Margaret Hall"}, aliases={"r": ("Peggy",)})
    assert masks.reveal(masks.hide("Peggy left.")) == "Margaret Hall left."


def test_a_quotation_is_found_again_as_it_was_said() -> None:
    masks = masks_for(CAST)
    said = "I told Mara (twice) that Theo Voss sails."
    quoted = masks.reveal(masks.hide("Mara (twice) that Theo Voss"))
    assert quoted == "Captain Mara Voss (twice) that Theo Voss"
    assert masks.as_said(quoted, ["No.", said]) == "Mara (twice) that Theo Voss"
    assert masks.as_said("She lied to Will.", [said]) == "She lied to Will."


def test_a_mask_that_stands_in_the_text_already_is_not_used() -> None:
    assert masks_for({"r": "Mara"}, ["Person A is a suspect."]).hide("Mara") == "Speaker A"


def test_two_of_the_same_name_are_not_told_apart_by_it() -> None:
    assert masks_for({"r1": "Guard", "r2": "Guard"}).hide("Guard!") == "Family A!"


def test_everything_that_a_judge_sees_is_masked() -> None:
    about = About({"r1": ("Mara keeps the light.",)}, "Theo waits.", CAST)
    masked = mask_names(about, [Line("r2", "Mara!", "Where is Mara?", {"name": "Mara"})])
    assert [masked.about.name(speaker) for speaker in ("r2", "r1", "r3")] == ["Person A", "Person B", "Person C"]
    assert masked.about.personas == {"r1": ("Person B keeps the light.",)}
    assert masked.about.scene == "Person A waits."
    assert masked.lines == (Line("r2", "Person B!", "Where is Person B?"),)
    assert masked.masks.reveal_all({"why": ["Person B was asked."], "turn": 1}) == {
        "why": ["Captain Mara Voss was asked."],
        "turn": 1,
    }


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_any_name_and_text_can_be_masked(text: str, names: list[str]) -> None:
    masks = masks_for(dict(enumerate_names(names)), [text])
    masks.reveal(masks.hide(text))


@given(st.lists(st.sampled_from(["Mara", "Theo", "and", "came", "."]), max_size=12))
def test_masks_of_plain_names_are_undone_exactly(words: list[str]) -> None:
    text = " ".join(words)
    masks = masks_for({"1": "Mara", "2": "Theo"})
    assert "Mara" not in masks.hide(text)
    assert masks.reveal(masks.hide(text)) == text


def enumerate_names(names: list[str]) -> list[tuple[str, str]]:
    return [(str(place), name) for place, name in enumerate(names)]
