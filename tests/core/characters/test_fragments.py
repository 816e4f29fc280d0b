"""Inheritance: TinyTroupe's rules of merging, provenance, and what holds for any characters and fragments."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.characters.fragments import OWN, Clash, resolve
from core.characters.lint.finding import value_at
from models.character import CharacterBase
from models.fragment import FragmentBase
from models.persona import Layers

words = st.sampled_from(["", "a", "b", "c"])
lists = st.lists(st.sampled_from(["x", "y", "z"]), max_size=4)
layers = st.fixed_dictionaries(
    {},
    optional={
        "social": st.fixed_dictionaries({}, optional={"age": st.integers(1, 3), "residence": words}),
        "personal": st.fixed_dictionaries(
            {},
            optional={
                "big_five": st.fixed_dictionaries({}, optional={"openness": st.integers(0, 2)}),
                "traits": st.lists(
                    st.fixed_dictionaries({"name": st.sampled_from("pq"), "degree": st.integers(0, 1)}), max_size=3
                ),
            },
        ),
        "life": st.fixed_dictionaries({}, optional={"likes": lists, "day": words}),
    },
)
contents = st.fixed_dictionaries({}, optional={"voice": words, "statements": lists, "layers": layers})
fragments = st.lists(contents, max_size=3).map(
    lambda all_: [FragmentBase.model_validate({"name": f"F{n}", "content": one}) for n, one in enumerate(all_)]
)
characters = contents.map(lambda content: CharacterBase.model_validate({"name": "Mara", **content}))


def make(**content: Any) -> FragmentBase:
    return FragmentBase.model_validate({"name": content.pop("name", "F"), "content": content})


def test_lists_are_appended_and_each_entry_is_kept_once() -> None:
    mara = CharacterBase(name="Mara", statements=["own", "both"])
    resolved = resolve(mara, [make(name="A", statements=["both", "a"]), make(name="B", statements=["a", "b"])])
    assert resolved.character.statements == ["own", "both", "a", "b"]
    assert resolved.provenance["statements"] == (OWN, OWN, "A", "B")


def test_objects_are_merged_and_what_is_empty_is_replaced() -> None:
    mara = CharacterBase(name="Mara", layers={"social": {"age": 58}})
    resolved = resolve(mara, [make(name="A", layers={"social": {"residence": "Skarholm", "age": 30}})])
    assert resolved.character.layers == {"social": {"age": 58, "residence": "Skarholm"}}
    assert resolved.provenance == {"layers.social.age": (OWN,), "layers.social.residence": ("A",)}
    assert resolved.inherited("layers.social.residence") == ("A",)


def test_a_clash_between_fragments_is_a_finding_unless_the_character_settles_it() -> None:
    both = [make(name="A", voice="plain"), make(name="B", voice="loud")]
    clashing = resolve(CharacterBase(name="Mara"), both)
    assert clashing.character.voice == "loud"
    assert clashing.clashes == (Clash("voice", ("A", "B")),)
    settled = resolve(CharacterBase(name="Mara", voice="own"), both)
    assert (settled.character.voice, settled.clashes) == ("own", ())


def test_a_fragment_that_cannot_be_read_gives_nothing_and_is_named() -> None:
    broken = FragmentBase.model_construct(name="Odd", summary="", content={"layers": {"social": {"age": "old"}}})
    resolved = resolve(CharacterBase(name="Mara"), [broken, make(name="A", voice="plain")])
    assert resolved.unread == ("Odd",)
    assert resolved.character.voice == "plain"


@given(characters, fragments)
def test_the_characters_own_words_always_count(character: CharacterBase, inherited: list[FragmentBase]) -> None:
    merged = resolve(character, inherited).character
    if character.voice:
        assert merged.voice == character.voice
    assert merged.statements[: len(character.statements)] == character.statements
    assert character.persona.social.age in (None, merged.persona.social.age)


@given(characters, fragments)
def test_merging_is_valid_loses_nothing_and_says_where_all_is_from(
    character: CharacterBase, inherited: list[FragmentBase]
) -> None:
    resolved = resolve(character, inherited)
    assert Layers.read(resolved.character.layers).to_document() == resolved.character.layers
    for fragment in inherited:
        assert {*fragment.content.get("statements", [])} <= {*resolved.character.statements}
    names = {OWN, *(fragment.name for fragment in inherited)}
    for path, sources in resolved.provenance.items():
        value = value_at(resolved.character, path)
        assert {*sources} <= names
        assert len(sources) == (len(value) if isinstance(value, list) else 1)
        assert value not in ("", None, [])


@given(characters, fragments)
def test_merging_twice_is_merging_once(character: CharacterBase, inherited: list[FragmentBase]) -> None:
    once = resolve(character, inherited).character
    assert resolve(once, inherited).character == once


@given(characters)
def test_without_fragments_a_character_says_what_it_said(character: CharacterBase) -> None:
    merged = resolve(character, []).character
    assert merged == character
