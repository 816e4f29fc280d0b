"""Where the texts of fired entries go, and in which order."""

from typing import Any

import pytest

from core.lore.placement import Injection, Placement, Spot, place
from models.lore import LorePosition, LoreRole
from tests.core.lore.books import make_book, search

N_LINES, NOTE_DEPTH = 9, 4


def placed(*entries: dict[str, Any]) -> Placement:
    book = make_book(*({"constant": True} | entry for entry in entries))
    return place(search(book, "x").fired, N_LINES, NOTE_DEPTH)


@pytest.mark.parametrize(
    ("entry", "depth", "role"),
    [
        ({"position": LorePosition.DEPTH, "depth": 2, "role": LoreRole.USER}, 2, LoreRole.USER),
        ({"content": "@@depth 3\ntext 0"}, 3, LoreRole.SYSTEM),
        ({"content": "@@reverse_depth 2\n@@role user\ntext 0"}, N_LINES - 2, LoreRole.USER),
        ({"content": "@@reverse_depth 50\ntext 0"}, 0, LoreRole.SYSTEM),
        ({"position": LorePosition.NOTE_TOP, "role": LoreRole.USER}, NOTE_DEPTH, LoreRole.SYSTEM),
    ],
)
def test_between_the_messages(entry: dict[str, Any], depth: int, role: LoreRole) -> None:
    assert placed(entry) == Placement(injections=(Injection(depth, role, "text 0"),))


def test_around_the_note_and_the_deepest_first() -> None:
    found = placed(
        {"position": LorePosition.NOTE_BOTTOM, "content": "below"},
        {"position": LorePosition.NOTE_TOP, "content": "above"},
        {"position": LorePosition.DEPTH, "depth": NOTE_DEPTH, "content": "middle"},
        {"position": LorePosition.DEPTH, "depth": 8, "content": "deep"},
    )
    assert [one.text for one in found.injections] == ["deep", "above", "middle", "below"]


def test_spots_and_outlets_with_the_largest_order_last() -> None:
    found = placed(
        {"position": LorePosition.AFTER, "content": "one", "order": 9},
        {"content": "@@position after_desc\ntwo", "order": 1},
        {"position": LorePosition.OUTLET, "outlet": " Mood ", "content": "calm"},
        {"position": LorePosition.OUTLET, "content": "nowhere"},
        {"content": "@@disable_ui_prompt system_prompt\n"},
    )
    assert found == Placement(
        {Spot.AFTER: "two\none"}, outlets={"mood": "calm"}, without_prompts=frozenset({"system_prompt"})
    )
