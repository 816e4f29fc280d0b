"""What a turn goes by is the same whether it was followed along the tree or worked out of the path alone."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.hearing.perception import ROUND_KEY, heard_by
from core.memory.emotion import read_emotion
from core.minds.latent_state import latent_state
from core.minds.moment import Moment
from core.minds.mood import fold_mood
from core.narrator.advancing import has_said, quiet_turns
from core.path import Path, fold
from core.playtest.directing.recasting import cast_at
from core.playtest.directing.stopping import find_stop
from core.playtest.directing.who_next import next_speaker
from core.playtest.tree import TurnTree, path_to
from core.playtest.view.earlier import Earlier, choose_key_lines
from core.playtest.view.scene_lore import NO_LORE, firings_of, most_lore_tokens
from models.playtest import Origin, SpeakerKind, Turn
from tests.core.playtest.view.test_views import make_script

SCRIPT = make_script(3)
ROLES = tuple(part.role_id for part in SCRIPT.parts)
TEXTS = (
    "I hid the key.",
    "You lied to me, you thief!",
    "I am so glad, my friend.",
    "",
    "Goodbye.",
    "I trust you. Go on!",
)
RECORDS: tuple[dict[str, Any], ...] = (
    {},
    {ROUND_KEY: 1},
    {"lore": {"fired": [["ship", "constant"]], "tokens": 12}},
    {"world": {"step": {"to": "beat"}}},
    {"narrator": {"waits": []}},
    {"mind": {"mood": {"told": "x"}, "plan": {"goal": "g"}}},
)
ACTS: tuple[dict[str, Any], ...] = (
    {"kind": "mood", "role": ROLES[0], "emotion": "anger", "strength": 0.8},
    {"kind": "cast", "role": ROLES[1], "document": {"name": "Nell", "description": "new"}},
    {"kind": "cast", "role": ROLES[2], "document": 7},
)


@st.composite
def turns(draw: st.DrawFn) -> list[Turn]:
    """A tree: each turn follows any earlier one, mostly the last."""
    made: list[Turn] = []
    for number in range(1, draw(st.integers(1, 14)) + 1):
        back = draw(st.sampled_from([1, 1, 1, 1, 2, 4]))
        parent = made[-back] if len(made) >= back else None
        is_act = draw(st.integers(0, 5)) == 0
        speaker = draw(st.sampled_from(ROLES))
        fields = {
            "speaker_id": "director" if is_act else speaker,
            "kind": SpeakerKind.DIRECTOR if is_act else SpeakerKind.CHARACTER,
            "text": "" if is_act else draw(st.sampled_from(TEXTS)),
            "record": {"act": draw(st.sampled_from(ACTS))} if is_act else draw(st.sampled_from(RECORDS)),
            "audience": draw(st.one_of(st.none(), st.lists(st.sampled_from(ROLES), unique=True))),
        }
        made.append(
            Turn(
                id=number,
                playtest_id="p",
                parent_id=parent.id if parent is not None else None,
                number=parent.number + 1 if parent is not None else 1,
                speaker=str(fields["speaker_id"]).title(),
                origin=Origin.WEIGHTS,
                **fields,  # type: ignore[arg-type]
            )
        )
    return made


def count_each(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def all_that_follows(path: Sequence[Turn]) -> list[object]:
    """Returns what a turn after a path goes by, of every kind."""
    script = cast_at(SCRIPT, path)
    found: list[object] = [
        [(part.character.name, part.relations) for part in script.parts],
        find_stop(SCRIPT.scenario, path),
        next_speaker(SCRIPT, path),
        fold(path, "quiet", 0, lambda before, some: quiet_turns(some, before)),
        fold(path, "said", False, lambda before, some: has_said(some, before)),
    ]
    for part in SCRIPT.parts:
        for in_round in (None, 1):
            heard = heard_by(path, part.role_id, in_round)
            found += [
                [turn.id for turn in heard],
                fold_mood(heard, part.role_id, read_emotion("I am afraid")),
                choose_key_lines(heard, 20, count_each, {1}),
                Earlier.from_record({"n_turns": 2, "pinned": [1, 3], "key_lines": [2]}, heard),
                most_lore_tokens(part, heard, NO_LORE, 2048),
                firings_of(heard, part.role_id, path),
            ]
            moment = Moment(
                rules=SCRIPT.rules,
                role_id=part.role_id,
                character=part.character,
                role=part.role,
                cast=dict.fromkeys(ROLES, "x"),
                heard=heard,
                number=len(path) + 1,
            )
            found += [moment.own, moment.last_record("mood"), moment.last_record("nothing"), latent_state(moment)]
    return found


@settings(max_examples=60, deadline=None)
@given(turns(), st.data())
def test_a_branch_is_followed_as_if_there_were_no_other(made: list[Turn], data: st.DataObject) -> None:
    tree = TurnTree([])
    for turn in made:
        tree.add(turn)
        head = data.draw(st.sampled_from([*tree.turns, turn, turn]))
        path = tree.path_to(head.id)
        assert isinstance(path, Path)
        alone = path_to(tree.turns, head.id)
        assert path == alone
        assert all_that_follows(path) == all_that_follows(alone)


@given(turns(), st.data())
def test_a_path_ends_where_a_branch_was_cut(made: list[Turn], data: st.DataObject) -> None:
    tree = TurnTree(made)
    for head in data.draw(st.lists(st.sampled_from(made), max_size=6)):
        cut = frozenset(data.draw(st.sets(st.sampled_from([turn.id or 0 for turn in made]), max_size=2)))
        assert tree.path_to(head.id, cut) == path_to(made, head.id, cut)
    assert tree.path_to(None) == tree.path_to(10**9) == []
    for turn in made:
        assert [*tree.children(turn.id)] == [one for one in made if one.parent_id == turn.id]
