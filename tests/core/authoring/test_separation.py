"""Personas that lie too close together."""

from core.authoring.separation import PersonaSpace, find_too_close
from models.character import Character

KEEPER = (
    "She has kept the Skarholm light for eleven winters and answers every question with a smaller question. Her brother"
    " drowned in a storm, and she never names the sea."
)
CLERK = (
    "He counts the parish money twice a day, collects stamps from countries that are gone, and is proud of his warm"
    " office and of a garden full of prize tomatoes."
)


def make(name: str, description: str, updated_at: str = "1") -> Character:
    return Character(id=name, name=name, description=description, updated_at=updated_at)


def test_a_copy_with_another_name_is_found_and_different_people_are_not() -> None:
    space = PersonaSpace()
    mara, copy, clerk = make("Mara", KEEPER), make("Martha", KEEPER + " She likes tea."), make("Nils", CLERK)
    space.update([mara, copy, clerk])
    neighbour = space.nearest("Mara", mara)
    assert neighbour is not None
    assert neighbour.name == "Martha"
    (finding,) = find_too_close(neighbour)
    assert "like that of Martha" in finding.sentence
    assert list(find_too_close(space.nearest("Nils", clerk))) == []


def test_what_changed_or_went_is_taken_in_anew() -> None:
    space = PersonaSpace()
    mara, copy = make("Mara", KEEPER), make("Martha", KEEPER)
    space.update([mara, copy])
    space.update([mara, make("Martha", CLERK, "2")])
    assert list(find_too_close(space.nearest("Mara", mara))) == []
    space.update([mara])
    assert space.nearest("Mara", mara) is None


def test_of_little_text_nothing_is_said() -> None:
    space = PersonaSpace()
    space.update([make("Mara", "Dry."), make("Bo", "Dry.")])
    assert space.nearest("Mara", make("Mara", "Dry.")) is None
    assert space.nearest("Mara", make("Mara", KEEPER)) is not None
