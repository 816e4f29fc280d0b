"""What may be written next."""

import pytest

from core.world.meaning import Reader
from core.world.scope import NameKind, names_of
from core.world.suggestions import suggest
from tests.core.world.stories import flag, make_story, number

STORY = make_story(
    {
        "variables": [
            number("tension"),
            flag("door_open"),
            {"name": "mood", "kind": "choice", "choices": ["calm", "angry"], "start": "calm"},
        ],
        "places": [{"id": "p1", "name": "Back room"}],
        "props": [{"name": "lamp", "states": ["lit", "dark"]}],
        "facts": [{"id": "f1", "text": "Theo sold the boat."}],
    },
    [{"name": "The quarrel", "kind": "start"}],
)


@pytest.mark.parametrize(
    ("text", "expected", "start"),
    [
        ("", "tension", 0),
        ("ten", "tension", 0),
        ("tension > 1 and do", "door_open", 16),
        ("mood = a", "angry", 7),
        ("mood is ", "calm", 8),
        ("door_open = ", "yes", 12),
        ("lamp.", "holder", 5),
        ("lamp.state = d", "dark", 13),
        ("lamp.holder = ", "nobody", 14),
        ("lamp.holder = o", "Old Mara", 14),
        ("visited the", "The quarrel", 8),
        ("Theo knows ", "f1", 11),
        ("Theo knows sold", "f1", 11),
        ("Theo at b", "Back room", 8),
        ("Theo ", "knows", 5),
    ],
)
def test_conditions_are_completed(text: str, expected: str, start: int) -> None:
    found = {one.text: one.start for one in suggest(text, len(text), STORY)}
    assert found.get(expected) == start


def test_effects_are_completed_line_by_line() -> None:
    text = "tension + 1\nTheo l"
    found = {one.text: one.start for one in suggest(text, len(text), STORY, for_effects=True)}
    assert found == {"learns": 17, "leaves": 17}


def test_an_open_quote_looks_for_facts_by_their_text() -> None:
    text = 'Theo knows "sold the'
    assert [one.text for one in suggest(text, len(text), STORY)] == ["f1"]


def test_names_of_a_story_say_what_they_are() -> None:
    names = {one.text: one for one in names_of(STORY)}
    assert names["tension"].note == "from 0 to 3"
    assert names["mood"].note == "calm or angry"
    assert {names["The quarrel"].kind, names["Old Mara"].kind} == {NameKind.BEAT, NameKind.ROLE}


def test_names_that_are_words_of_the_language_are_written_in_quotes() -> None:
    story = make_story({"variables": [number("turns")], "props": [{"name": "at"}]}, [], roles=())
    assert [one.text for one in names_of(story)] == ['"turns"', '"at"']
    reader = Reader(story)
    reader.read_condition('"turns" >= 3 and "at".holder = nobody')
    assert not reader.faults
