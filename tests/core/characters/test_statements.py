"""Single facts drafted from prose."""

from hypothesis import given
from hypothesis import strategies as st

from core.characters.statements import MAX_DRAFTS, MAX_FACT_CHARS, draft_statements, split_sentences


def test_prose_becomes_single_facts_about_somebody_by_name() -> None:
    prose = (
        "Mara Voss keeps the Skarholm light, and she lives alone. She has kept it for eleven winters. Her brother "
        "drowned in 1911. He was nine. Mr. Dane pays her.\n- Likes tea\nYou are 58 years old; you never mention the "
        "sea."
    )
    assert draft_statements(prose, "Mara Voss") == [
        "Mara Voss keeps the Skarholm light.",
        "Mara lives alone.",
        "Mara has kept it for eleven winters.",
        "Mara’s brother drowned in 1911.",
        "He was nine.",
        "Mr. Dane pays her.",
        "Likes tea.",
        "You are 58 years old.",
        "You never mention the sea.",
    ]


def test_what_is_known_or_said_twice_is_left_out_but_its_contrary_is_not() -> None:
    known = ["Mara keeps the light."]
    assert draft_statements("She keeps the light. She keeps the light!", "Mara", known) == []
    assert draft_statements("She never keeps the light.", "Mara", known) == ["Mara never keeps the light."]


def test_another_person_is_not_taken_for_the_character() -> None:
    assert draft_statements("The captain drank. He lied. She saw it.", "Mara", pronouns="she/her")[1] == "He lied."


@given(st.text(max_size=400), st.text(max_size=20), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gives_whole_short_sentences_and_no_repeats(prose: str, name: str, known: list[str]) -> None:
    facts = draft_statements(prose, name, known)
    assert len(facts) <= MAX_DRAFTS
    assert len({fact.casefold() for fact in facts}) == len(facts)
    assert all(fact.strip() == fact and "\n" not in fact and len(fact) <= MAX_FACT_CHARS + 40 for fact in facts)
    assert draft_statements(prose, name, [*known, *facts]) == []


@given(st.text(max_size=300))
def test_splitting_loses_no_letter(text: str) -> None:
    letters = [one for one in text if one.isalpha()]
    kept = [one for sentence in split_sentences(text) for one in sentence if one.isalpha()]
    assert kept == letters
