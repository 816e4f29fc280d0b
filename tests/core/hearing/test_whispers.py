"""Whispers: what begins one, for whom, and that writing and reading agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hearing.whispers import (
    Whisper,
    as_written,
    format_whisper,
    parse_whisper,
    whisper_mark,
    whisper_record,
    whispered_to,
)
from models.playtest import Origin, SpeakerKind, TurnBase

NAMES = {
    "r1": ("Mara Voss", "", "keeper"),
    "r2": ("Theo Brand", "Teddy"),
    "r3": ("Ilse Ruud",),
    "r4": ("Romeo and Juliet",),
    "user": ("Ann",),
}
names = st.text(st.characters(categories=("Lu", "Ll")), min_size=2, max_size=12).filter(
    lambda name: name.casefold() not in {"and", "you", "to"} and name.casefold() == name.lower()
)


@pytest.mark.parametrize(
    ("written", "to", "text"),
    [
        ("(whispers to Theo) Come here.", ("r2",), "Come here."),
        ("*whispers to Theo Brand* Come.", ("r2",), "Come."),
        ("*leans to Theo and whispers* Come.", ("r2",), "Come."),
        ("*leans in close to Theo, whispering* Come.", ("r2",), "Come."),
        ("*Leans over to Theo and then whispers softly*: Come.", ("r2",), "Come."),
        ("*walks to Ilse and whispers to Theo* Come.", ("r2",), "Come."),
        ("*whispers in Theo's ear* Come.", ("r2",), "Come."),
        ("*whispers into Teddy’s ear.* Come.", ("r2",), "Come."),
        ("[to Theo] Come.", ("r2",), "Come."),
        ("(to Theo, Ilse and Mara) Come.", ("r2", "r3", "r1"), "Come."),
        ("(aside to Ilse Ruud) Come.", ("r3",), "Come."),
        ("(in a low voice, to Theo) Come.", ("r2",), "Come."),
        ("[quietly to the keeper] Come.", None, ""),
        ("[quietly to keeper] Come.", ("r1",), "Come."),
        ("whispers to Theo: Come.", ("r2",), "Come."),
        ("(whispers to Romeo and Juliet) Come.", ("r4",), "Come."),
        ("(whispers to you) Come.", ("r3",), "Come."),
        ("(whispers to Ann) Come.", ("user",), "Come."),
        ("Nils Brandt (whispers to Theo): Come.", ("r2",), "Come."),
        ("*muttering to Theo*\nCome.\nNow.", ("r2",), "Come.\nNow."),
        ("(to herself) Come.", (), "Come."),
        ("(thinks) Come.", (), "Come."),
        ("(aside) Come.", (), "Come."),
        # aloud
        ("*thinks* I suppose so.", None, ""),
        ("*whispers* Come.", None, ""),
        ("(to everyone) Come.", None, ""),
        ("(to Theo, angrily) Come.", None, ""),
        ("(whispers to Gustav) Come.", None, ""),
        ("*turns to Theo* Come.", None, ""),
        ("*gives the key to Theo* Come.", None, ""),
        ("I whispered to Theo: come.", None, ""),
        ("Come. (whispers to Theo) Now.", None, ""),
        ("(whispers to Theo)", None, ""),
        ("", None, ""),
        ("(" * 50_000, None, ""),
        ("*whispers to " * 50_000, None, ""),
    ],
)
def test_what_begins_a_whisper(written: str, to: tuple[str, ...] | None, text: str) -> None:
    found = parse_whisper(written, NAMES, you="r3", me="Nils Brandt")
    assert (found and (found.to, found.text)) == (None if to is None else (to, text))
    if found is not None:
        assert found.opening + found.text == written


@given(
    st.lists(names, min_size=2, max_size=6, unique_by=str.casefold),
    st.data(),
    st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and text == text.lstrip().lstrip(": ")),
)
def test_what_is_written_is_read_again(cast: list[str], data: st.DataObject, text: str) -> None:
    known = {f"r{place}": (name,) for place, name in enumerate(cast)}
    to = data.draw(st.lists(st.sampled_from(sorted(known)), unique=True))
    found = parse_whisper(format_whisper([known[role_id][0] for role_id in to], text), known)
    assert found is not None
    assert (found.to, found.text) == (tuple(to), text)


def test_names_whose_small_letters_are_longer_are_read() -> None:
    known = {"r0": ("Aİ",), "r1": ("Straße",)}
    for text in ("(whispers to Aİ and Straße) Come.", "(whispers to STRASSE and Aİ) Come."):
        found = parse_whisper(text, known)
        assert found is not None
        assert set(found.to) == {"r0", "r1"}


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for start in ("", "(whispers to ", "*leans to Theo and ", "[to "):
        found = parse_whisper(start + text, NAMES)
        assert found is None or isinstance(found, Whisper)


def _turn(record: dict) -> TurnBase:
    return TurnBase(
        speaker_id="r1",
        speaker="Mara",
        kind=SpeakerKind.CHARACTER,
        text="Come.",
        origin=Origin.WEIGHTS,
        record=record,
    )


def test_the_record_of_a_whisper_is_kept_and_shown() -> None:
    turn = _turn(whisper_record({"r2": "Theo", "r3": "Ilse"}, "*to Theo and Ilse* "))
    assert whispered_to(turn) == {"r2": "Theo", "r3": "Ilse"}
    assert as_written(turn) == "*to Theo and Ilse* Come."
    assert whisper_mark(turn) == whisper_mark(turn, "r9") == "(whispers to Theo and Ilse)"
    assert whisper_mark(turn, "r3") == "(whispers to you and Theo)"
    assert whisper_mark(_turn(whisper_record({}))) == "(thinks)"
    assert whisper_mark(_turn({})) == ""


@pytest.mark.parametrize("whisper", [None, 3, [], {"to": ["r2"]}, {"to": None, "as": 4}, {"as": []}])
def test_a_strangers_record_is_no_whisper(whisper: object) -> None:
    turn = _turn({"whisper": whisper})
    assert (whispered_to(turn), whisper_mark(turn), as_written(turn)) == (None, "", "Come.")
