"""What may be typed into the tables of the World tab."""

import pytest

from gui.scenarios.world.thing_model import Wrong
from gui.scenarios.world.values import read_name, read_place
from models.world import Place


@pytest.mark.parametrize("name", ["turns", "AT", "becomes"])
def test_words_of_the_language_are_no_names(name: str) -> None:
    with pytest.raises(Wrong, match="word of conditions"):
        read_name(name)


def test_nowhere_is_no_place() -> None:
    place = Place(id="p1", name="hall")
    with pytest.raises(Wrong, match="word of conditions"):
        read_place({"name": "Nowhere"}, place, "name", [place])
