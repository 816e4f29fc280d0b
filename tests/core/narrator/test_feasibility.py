"""Props, places and people: what can be done, why not, what it changes, and who perceives it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.narrator.acts import Act, ActKind
from core.narrator.affordances import MAX_ACTS, describe_act, possible_acts
from core.narrator.feasibility import affected_by, judge, meant_effects
from core.narrator.situation import Situation
from core.narrator.updates import after_updates
from core.narrator.witnesses import witnesses
from tests.core.narrator.worlds import NAMES, make_situation, situations


def act(text: str) -> Act:
    """Reads `mara give letter theo`; `go boathouse` and `set lamp lit` have their own last word."""
    role_id, kind, *rest = text.split()
    match kind:
        case "go" | "enter":
            return Act(ActKind(kind), role_id, place="".join(rest))
        case "give":
            return Act(ActKind.GIVE, role_id, rest[0], other=rest[1])
        case "set":
            return Act(ActKind.SET, role_id, rest[0], state=rest[1], tool="".join(rest[2:]))
    return Act(ActKind(kind), role_id, "".join(rest))


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        ("mara take boathouse_key", "boathouse_key.holder = Mara Voss"),
        ("mara set lamp lit", "lamp.state = lit"),
        ("mara use lamp", "lamp.state = lit"),
        ("theo give letter mara", "letter.holder = Mara Voss"),
        ("theo put letter", "letter.place = the hall"),
        ("mara go jetty", "Mara Voss moves to the jetty"),
        ("mara leave", "Mara Voss leaves"),
        ("ida use chest", ""),
        ("mara take ledger", "ledger.holder = Mara Voss"),
    ],
)
def test_what_can_be_done_changes_the_world(text: str, effects: str) -> None:
    verdict = judge(make_situation(), act(text))
    assert (verdict.feasible, verdict.effects, verdict.reason) == (True, effects, "")


@pytest.mark.parametrize(
    ("text", "changes", "reason", "said"),
    [
        ("mara take letter", "", "Theo Brand has the letter", "Theo Brand has the letter"),
        ("ida take letter", "", "Theo Brand has the letter", "the letter is not here"),
        ("mara take chest", "", "the chest is at the boathouse", "the chest is not here"),
        ("mara take boathouse_key", "Mara takes boathouse_key", "Mara Voss has the boathouse key already", None),
        ("mara take boathouse_key", "boathouse_key.place = nowhere", "the boathouse key is nowhere", None),
        ("mara go boathouse", "", "no way leads from the hall to the boathouse", None),
        ("mara go hall", "", "Mara Voss is at the hall already", None),
        ("mara set lamp dark", "", "the lamp is dark already", None),
        ("mara give letter theo", "", "Mara Voss does not have the letter", None),
        ("theo give letter ida", "", "Ida Quill is at the boathouse", "Ida Quill is not here"),
        ("ida set chest open boathouse_key", "", "Ida Quill does not have the boathouse key", None),
        ("mara take lamp", "Mara leaves", "Mara Voss is away", None),
        ("mara enter", "", "Mara Voss is here already", None),
        ("ghost leave", "", "somebody is no part of this world", None),
    ],
)
def test_why_something_cannot_be_done(text: str, changes: str, reason: str, said: str | None) -> None:
    verdict = judge(make_situation(changes), act(text))
    assert (verdict.feasible, verdict.effects, verdict.reason) == (False, "", reason)
    if said is not None:
        assert verdict.said == said, "nobody is told what they cannot see"


def test_the_states_of_a_prop_are_a_machine() -> None:
    situation = make_situation()
    for state in ("closed", "open", "locked"):
        situation = after_updates(situation, judge(situation, act(f"ida set chest {state}")).effects)
        assert situation.reader.prop_state("chest") == state
        assert not judge(situation, act(f"ida set chest {state}")).feasible
    assert not judge(situation, act("ida set chest burnt")).feasible


def test_the_dead_do_nothing() -> None:
    world = {"variables": [{"name": "mara_dead", "kind": "flag", "start": True}], "props": [], "places": []}
    situation = make_situation("", world)
    assert possible_acts(situation, "mara") == []
    assert judge(situation, act("mara leave")).reason == "Mara Voss is dead"
    assert not judge(situation, act("mara enter")).feasible
    assert judge(situation, act("theo leave")).feasible


def test_somebody_comes_back_to_a_place() -> None:
    situation = make_situation("Mara leaves")
    back = after_updates(situation, judge(situation, act("mara enter hall")).effects)
    assert back.place_of("mara") == "hall"


def test_what_is_possible_has_an_order_and_words() -> None:
    situation = make_situation()
    said = [describe_act(situation, one) for one in possible_acts(situation, "mara")]
    assert said == [
        "take the lamp",
        "take the boathouse key",
        "light the lamp",
        "give the knife to Theo Brand",
        "use the knife",
        "go to the jetty",
        "go to Upper Attic",
        "put the knife down",
        "leave",
    ]
    assert [one.kind for one in possible_acts(situation, "mara", 4)] == [
        ActKind.TAKE, ActKind.SET, ActKind.GIVE, ActKind.USE
    ]  # fmt: skip


# who perceives it: rows are acts, columns are those who do
MATRIX = [
    ("mara take lamp", "", ["mara", "theo"]),
    ("theo put letter", "", ["mara", "theo"]),
    ("ida set chest open", "", ["ida"]),
    ("mara go jetty", "", ["mara", "theo"]),
    ("mara go jetty", "Ida moves to jetty", ["mara", "theo", "ida"]),
    ("mara take lamp", "Theo leaves", ["mara"]),
    ("mara use knife", "", ["mara"]),
    ("mara give knife theo", "Ida moves to hall", ["mara", "theo"]),
    ("mara give knife theo", "Theo leaves", ["mara"]),
    ("theo take ledger", "", ["theo"]),
    ("mara leave", "", ["mara", "theo"]),
    ("ida take chest", "Mara moves to boathouse", ["mara", "ida"]),
    ("mara enter boathouse", "Mara leaves", ["mara", "ida"]),
    ("mara take chest", "", ["mara", "theo"]),
]


@pytest.mark.parametrize(("text", "changes", "seen_by"), MATRIX)
def test_who_perceives_a_result(text: str, changes: str, seen_by: list[str]) -> None:
    before = make_situation(changes)
    after = after_updates(before, judge(before, act(text)).effects)
    assert witnesses(before, after, act(text)) == seen_by


def any_act() -> st.SearchStrategy[Act]:
    roles = st.sampled_from([*NAMES, "ghost"])
    names = st.sampled_from(["", "key", "takes", "nobody_s", "lamp_2", "and", "p0", "p1", "p3", "on", "b", "mara"])
    return st.builds(Act, st.sampled_from(ActKind), roles, names, roles, names, names, st.sampled_from(["", "key"]))


@given(situations(), any_act())
def test_any_act_in_any_world_keeps_the_world_whole(situation: Situation, one: Act) -> None:
    verdict = judge(situation, one)
    situation.rules.read_changes(meant_effects(situation, one))  # what is meant can always be read
    after = after_updates(situation, verdict.effects)
    for slot, value in zip(after.rules.slots.all, after.state.values, strict=True):
        assert slot.low <= value <= slot.high, "positions are known places, states are states"
    for prop in situation.props.values():
        assert after.reader.holder(prop.name) is None or after.reader.prop_place(prop.name) is None
    if verdict.feasible:
        assert situation.can_act(one.role_id) or one.kind == ActKind.ENTER, "who is away or dead does nothing"
        assert not situation.is_dead(one.role_id)
        assert one.role_id in witnesses(situation, after, one)
    else:
        assert verdict.effects == ""
        assert verdict.reason
        assert verdict.said
        assert after.state == situation.state
    affected = affected_by(one)
    assert affected is None or affected != one.role_id
    seen_by = witnesses(situation, after, one)
    assert all(role_id == one.role_id or situation.is_present(role_id) for role_id in seen_by), (
        "who is away sees nothing"
    )


@given(situations(), st.sampled_from(sorted(NAMES)))
def test_all_that_is_offered_can_be_done(situation: Situation, role_id: str) -> None:
    offered = possible_acts(situation, role_id)
    assert len(offered) <= MAX_ACTS
    assert len(set(offered)) == len(offered)
    assert all(judge(situation, one).feasible and one.role_id == role_id for one in offered)
    assert offered == [] or situation.can_act(role_id)
    described = [describe_act(situation, one) for one in offered]
    assert len(set(described)) == len(described) or any(not place.name for place in situation.places.values())
