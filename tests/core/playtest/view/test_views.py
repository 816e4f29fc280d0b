"""Views never contain what their owner did not perceive, and lose nothing that it did."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.characters.prompt import PERSONA_ORIGINS, BlockOrigin, join_blocks
from core.playtest.script import NARRATOR_ID, Part, Script
from core.playtest.view.views import GO_ON, SCENE_BEGINS, build_view, first_kept_turn, partner_id, project_history
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, TurnBase
from models.scenario import RoleBase, ScenarioBase

NAMES = ("Mara Voss", "Theo Dane", "Ilse Ruud", "Nils Brandt")
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40)
speech = words.map(str.strip).filter(lambda text: text and not text.startswith(("*", "<", "(")))


def make_script(n_parts: int, **scenario: object) -> Script:
    parts = tuple(
        Part(
            role_id=f"role-{number}",
            role=RoleBase(name=f"part {number}", goal=f"goal-of-{number}", secret=f"secret-of-{number}"),
            character=CharacterBase(
                name=NAMES[number],
                description=f"description-of-{number}",
                personality=f"personality-of-{number}",
                statements=[f"statement-of-{number}"],
                voice=f"voice-of-{number}",
                knowledge=f"knowledge-of-{number}",
                boundaries=f"boundaries-of-{number}",
                situation=f"situation-of-{number}",
                example_dialogue=f"<START>\n{{{{char}}}}: example-of-{number}",
                post_history_instructions=f"reminder-of-{number}",
            ),
        )
        for number in range(n_parts)
    )
    return Script(scenario=ScenarioBase(name="Inquest", setting="A boathouse.", **scenario), parts=parts)


def make_turn(speaker: int | None, text: str, thought: str | None = None) -> TurnBase:
    if speaker is None:
        return TurnBase(
            speaker_id=NARRATOR_ID, speaker="Narrator", kind=SpeakerKind.NARRATOR, text=text, origin=Origin.HUMAN
        )
    return TurnBase(
        speaker_id=f"role-{speaker}",
        speaker=NAMES[speaker],
        kind=SpeakerKind.CHARACTER,
        text=text,
        thought=thought,
        origin=Origin.WEIGHTS,
    )


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Script, list[TurnBase]]:
    script = make_script(draw(st.integers(2, 4)), thoughts=draw(st.booleans()))
    speakers = st.one_of(st.none(), st.integers(0, len(script.parts) - 1))
    history = []
    for number, speaker in enumerate(draw(st.lists(speakers, max_size=12))):
        history.append(
            make_turn(speaker, draw(speech), f"thought-{number}-of-{speaker}" if speaker is not None else None)
        )
    return script, history


@given(scenes())
def test_nothing_private_of_others_enters_a_view(scene: tuple[Script, list[TurnBase]]) -> None:
    script, history = scene
    for me, part in enumerate(script.parts):
        view = build_view(script, part, history)
        text = "\n".join(message.content for message in view.messages)
        for other in range(len(script.parts)):
            private = [f"-of-{other}"] if other != me else []
            assert not any(mark in text for mark in private)
        assert f"secret-of-{me}" in text


@given(scenes())
def test_every_line_reaches_everybody(scene: tuple[Script, list[TurnBase]]) -> None:
    script, history = scene
    for part in script.parts:
        messages = project_history(history, part.role_id, partner_id(script, part.role_id))
        heard = "\n".join(message.content for message in messages)
        for turn in history:
            assert turn.text.strip("*") in heard


@given(scenes())
def test_a_view_is_a_chat_that_any_template_takes(scene: tuple[Script, list[TurnBase]]) -> None:
    script, history = scene
    for part in script.parts:
        roles = [message.role for message in build_view(script, part, history).messages]
        assert roles[:2] == ["system", "user"]
        assert roles[-1] == "user"
        assert all(a != b for a, b in pairwise(roles[1:]))


@given(scenes())
def test_projection_can_be_undone(scene: tuple[Script, list[TurnBase]]) -> None:
    script, history = scene
    for me, part in enumerate(script.parts):
        partner = partner_id(script, part.role_id)
        seen = project_history(history, part.role_id, partner)
        assert _unproject(seen, me, None if partner is None else 1 - me) == [
            (turn.speaker_id, turn.text.strip("*") if turn.kind == SpeakerKind.NARRATOR else turn.text)
            for turn in history
        ]


def _unproject(messages: tuple, me: int, partner: int | None) -> list[tuple[str, str]]:
    lines = []
    for message in messages:
        if message.role == "assistant":
            lines.append((f"role-{me}", message.content.partition("</think>")[2] or message.content))
            continue
        for line in message.content.split("\n"):
            if line in {SCENE_BEGINS, GO_ON}:
                continue
            if line.startswith("*") and line.endswith("*"):
                lines.append((NARRATOR_ID, line.strip("*")))
            elif partner is not None:
                lines.append((f"role-{partner}", line))
            else:
                name, _, text = line.partition(": ")
                lines.append((f"role-{NAMES.index(name)}", text))
    return lines


@given(st.lists(st.tuples(st.integers(0, 1), speech), max_size=10))
def test_two_views_of_one_history_are_complements(spoken: list[tuple[int, str]]) -> None:
    script = make_script(2)
    history = [make_turn(speaker, text) for speaker, text in spoken]
    views = [project_history(history, f"role-{me}", f"role-{1 - me}") for me in (0, 1)]
    mine = ["\n".join(m.content for m in view if m.role == "assistant") for view in views]
    theirs = [
        "\n".join(m.content for m in view if m.role == "user" and m.content not in {SCENE_BEGINS, GO_ON})
        for view in views
    ]
    assert mine == theirs[::-1]
    assert script.parts[0] != script.parts[1]


def test_a_line_cannot_pose_as_somebody_else() -> None:
    script = make_script(3)
    history = [make_turn(0, "I know nothing.\nTheo Dane: I did it.")]
    message = project_history(history, "role-2", None)[-1]
    assert [line for line in message.content.split("\n") if line.startswith("Theo Dane:")] == []
    assert script.parts[0].character.name in message.content


def test_without_persona_keeps_name_scene_goal_and_secret() -> None:
    script = make_script(2)
    view = build_view(script, script.parts[0], [])
    bare = view.without_persona()
    taken = {block.origin for block in view.blocks} - {block.origin for block in bare.blocks}
    assert taken == {block.origin for block in view.blocks} & PERSONA_ORIGINS
    assert {BlockOrigin.DESCRIPTION, BlockOrigin.STATEMENTS, BlockOrigin.EXAMPLES} <= taken
    text = join_blocks(bare.blocks)
    assert "You are Mara Voss." in text
    assert "A boathouse." in text
    assert "goal-of-0" in text
    assert {BlockOrigin.SECRET, BlockOrigin.SCENE} <= {block.origin for block in bare.blocks}
    assert bare.history == view.history


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(50, 300))
def test_the_kept_turns_fit_and_stay_for_a_while(tokens: list[int], room: int) -> None:
    firsts = [first_kept_turn(tokens[: n + 1], room) for n in range(len(tokens))]
    assert firsts == sorted(firsts)
    for n, first in enumerate(firsts):
        assert sum(tokens[first : n + 1]) <= room
        if first == 0:
            assert sum(tokens[: n + 1]) <= room


@pytest.mark.parametrize("n_parts", [2, 3])
def test_names_are_given_where_they_are_needed(n_parts: int) -> None:
    script = make_script(n_parts)
    content = build_view(script, script.parts[0], [make_turn(1, "Who signed the log?")]).history[-1].content
    assert content.startswith("Theo Dane: Who" if n_parts > 2 else "Who")


def test_who_takes_over_a_part_reads_its_lines_and_not_the_thoughts_before_them() -> None:
    script = make_script(2)
    before = make_turn(0, "I was here.").model_copy(update={"speaker": "Somebody else", "thought": "I hid the key."})
    own = make_turn(0, "So was I.").model_copy(update={"thought": "I saw nothing."})
    said = "\n".join(message.content for message in build_view(script, script.parts[0], [before, own]).messages)
    assert "I was here." in said
    assert "I hid the key." not in said
    assert "I saw nothing." in said
