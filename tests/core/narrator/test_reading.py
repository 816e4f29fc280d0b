"""Acts in what characters write: a table of lines, where an act too many is worse than one too few."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.narrator.acts import Act, ActKind, read_act
from core.narrator.reading import MAX_ACTS_READ, read_acts
from tests.core.narrator.worlds import make_situation

TAKE_KEY, TAKE_LAMP = "take boathouse_key", "take lamp"
LINES: list[tuple[str, list[str]]] = [
    # stage directions
    ("*takes the key*", [TAKE_KEY]),
    ("*Mara takes the key*", [TAKE_KEY]),
    ("*She picks up the lamp.* There is oil in it yet.", [TAKE_LAMP]),
    ("(picks the lamp up)", [TAKE_LAMP]),
    ("[Mara grabs the boathouse key from the hook]", [TAKE_KEY]),
    ("**slowly takes the old iron key** You knew.", [TAKE_KEY]),
    ("*lights the lamp*", ["set lamp lit"]),
    ("*puts out the lamp*", ["set lamp dark"]),
    ("*blows the lamp out*", ["set lamp dark"]),
    ("*with a sigh puts the knife on the table*", ["put knife"]),
    ("*puts the knife down*", ["put knife"]),
    ("*drops the knife*", ["put knife"]),
    ("*hands the knife to Theo*", ["give knife theo"]),
    ("*gives Theo the knife*", ["give knife theo"]),
    ("*hands him the knife* Yours.", ["give knife theo"]),
    ("*walks to the jetty*", ["go jetty"]),
    ("*goes to the upper attic*", ["go attic"]),
    ("*enters the boathouse*", ["go boathouse"]),
    ("*leaves*", ["leave"]),
    ("*storms out*", ["leave"]),
    ("*quietly leaves the room*", ["leave"]),
    ("*picks up the key and goes to the jetty*", [TAKE_KEY, "go jetty"]),
    ("*takes the lamp, lights the lamp, then walks over to the jetty*", [TAKE_LAMP, "set lamp lit", "go jetty"]),
    ("*unlocks the chest with the key*", ["set chest locked? unlocked boathouse_key"]),
    ("*opens the chest*", ["set chest open"]),
    ("*uses the knife*", ["use knife"]),
    ("*smiles and takes the key*", [TAKE_KEY]),
    # what is said in the first person
    ("I take the key.", [TAKE_KEY]),
    ("I pick up the lamp and I light the lamp.", [TAKE_LAMP, "set lamp lit"]),
    ("Very well. I put the knife on the table, and go to the jetty.", ["put knife", "go jetty"]),
    ("Now I give the knife to Theo.", ["give knife theo"]),
    ("I light the lamp. Now we can see.", ["set lamp lit"]),
    ("Mara takes the key.", [TAKE_KEY]),
    ('Mara Voss picks up the lamp. "We go now," she says.', [TAKE_LAMP]),
    ("I walk to the boathouse.", ["go boathouse"]),
    # none of these is an act
    ("Take the key!", []),
    ("Shall I take the key?", []),
    ("I take the key?", []),
    ("I would take the key.", []),
    ("I never take the key without asking.", []),
    ("I do not take the key.", []),
    ("I don't take the lamp.", []),
    ("If I take the key, you will shout.", []),
    ("I took the key.", []),
    ("I will go to the boathouse.", []),
    ("I'll take the lamp.", []),
    ("I go to the boathouse every night.", []),
    ("I want to take the key.", []),
    ("I hope she takes the key.", []),
    ("Theo takes the key.", []),
    ("*Theo takes the key*", []),
    ("*watches as Theo takes the key*", []),
    ('He said "I take the key" and laughed.', []),
    ("I take the lamp's word for it.", []),
    ("I take the key question to heart.", []),
    ("I take it the key is lost.", []),
    ("*looks at the key*", []),
    ("*reaches for the lamp*", []),
    ("*takes a breath and thinks of the key*", []),
    ("*puts the knife in her pocket*", []),
    ("*pretends to take the key*", []),
    ("*almost drops the knife*", []),
    ("*walks towards the jetty*", []),
    ("I leave with the tide at midnight.", []),
    ("*leaves the lamp alone*", []),
    ("*hands the ghost the knife*", []),
    ("*takes the horse*", []),
    ("The key takes the lock.", []),
    ("They say I take the key to bed.", []),
    ("I open the letter.", []),
    ("You give me the knife and I thank you.", []),
    ("*remembers how she takes the key*", []),
    ("I take Theo to the boathouse.", []),
    ("I go out of my mind in the boathouse.", []),
    ("Somebody lights the lamp at dusk, and takes the key.", []),
    ("My father lights the lamp and I watch.", []),
    ("The boathouse is where I put the lamp's oil.", []),
    ("*sets the knife and the letter out of mind*", []),
    ("I give you my word, not the knife.", []),
    ("I light the lamp of truth.", []),
]

MISSED: list[tuple[str, list[str]]] = [
    ("Enough. *heads out to the jetty, without a word*", ["go jetty"]),
    ("*took the key*", [TAKE_KEY]),
    ("I'll take the key, then.", [TAKE_KEY]),
    ("*her fingers close around the key*", [TAKE_KEY]),
    ("*takes it*", [TAKE_KEY]),
]
"""Acts that caution costs."""


def show(act: Act) -> str:
    """An act in a few words; a state that the prop does not have is shown by what it could be."""
    more = [act.prop, act.other, act.place, act.state, act.tool]
    return " ".join(filter(None, [act.kind.value, *more]))


def found_in(text: str) -> list[str]:
    return [show(act) for act in read_acts(make_situation(), "mara", text)]


def expected_of(wanted: list[str]) -> list[str]:
    return [one.replace("locked? unlocked", "closed") for one in wanted]


def test_the_table_is_read_with_no_act_too_many() -> None:
    assert len(LINES) >= 60
    n_found = n_right = n_wanted = 0
    for text, wanted in [*LINES, *MISSED]:
        found, expected = found_in(text), expected_of(wanted)
        assert not set(found) - set(expected), text
        n_found, n_wanted = n_found + len(found), n_wanted + len(expected)
        n_right += len(set(found) & set(expected))
    assert n_right == n_found, "precision is 1"
    assert n_right >= 0.85 * n_wanted, f"recall is {n_right} of {n_wanted}"


@pytest.mark.parametrize(("text", "wanted"), LINES)
def test_each_line(text: str, wanted: list[str]) -> None:
    assert found_in(text) == expected_of(wanted)


def test_somebody_away_can_only_enter() -> None:
    situation = make_situation("Mara leaves")
    assert [show(act) for act in read_acts(situation, "mara", "*enters*")] == ["enter"]
    assert [show(act) for act in read_acts(situation, "mara", "*Mara enters the hall*")] == ["enter hall"]


def test_a_pronoun_means_nobody_where_two_others_are() -> None:
    situation = make_situation("Ida moves to hall")
    assert read_acts(situation, "mara", "*gives him the knife*") == []


def test_a_state_that_a_prop_does_not_have_is_an_attempt() -> None:
    (act,) = read_acts(make_situation(), "mara", "*locks the lamp*")
    assert (act.kind, act.prop, act.state) == (ActKind.SET, "lamp", "")


@given(st.text(alphabet="*()[]“”«» \nIMara takeslhmpky,.;and", max_size=400))
def test_any_text_gives_few_acts_and_records_read_back(text: str) -> None:
    acts = read_acts(make_situation(), "mara", text)
    assert len(acts) <= MAX_ACTS_READ
    assert [read_act(act.to_document()) for act in acts] == acts


@pytest.mark.parametrize("piece", ["*", "(", "“", " ", "I take the key and ", "slowly ", "the old "])
def test_long_hostile_texts_are_read_in_no_time(piece: str) -> None:
    start = time.process_time()
    read_acts(make_situation(), "mara", "lamp key boathouse " + piece * 20_000)
    assert time.process_time() - start < 5


def test_acts_of_strangers_are_read_or_left() -> None:
    assert read_act({"kind": "take", "role_id": "mara", "prop": 3}) is None
    assert read_act({"kind": ["take"]} if False else {"kind": "fly", "role_id": "mara"}) is None
    assert read_act(None) is None
