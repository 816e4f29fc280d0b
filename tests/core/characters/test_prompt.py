"""The system text, macros, examples, and replies taken apart."""

from hypothesis import given
from hypothesis import strategies as st

from core.characters.examples import split_examples
from core.characters.macros import expand_macros
from core.characters.prompt import BlockOrigin, Scene, join_blocks, render_system
from core.characters.reply import ReplyStream, format_reply, parse_reply
from models.character import CharacterBase
from models.scenario import RoleBase

SCENE = Scene("Inquest", "A boathouse on {{user}}'s island.", present=("Mara", "Theo"), user_name="Ann", thoughts=True)


def test_a_prompt_has_the_scene_first_and_the_instruction_last() -> None:
    mara = CharacterBase(name="Mara", description="{{char}} keeps the light.", statements=["I am 58.", " "])
    blocks = render_system(mara, RoleBase(goal="Keep the post."), SCENE)
    assert join_blocks(blocks) == (
        "Inquest. A boathouse on Ann's island.\nPresent: Mara, Theo.\nYou are Mara.\nMara keeps the light.\nI am 58.\n"
        "Your goal: Keep the post.\nSpeak only as Mara, one short turn at a time. "
        "First think in <think></think>: nobody hears it."
    )


def test_a_card_may_replace_the_instruction_and_pull_in_the_default() -> None:
    own = CharacterBase(name="Mara", system_prompt="Be brief. {{original}} Be kind.")
    text = render_system(own, RoleBase(), Scene("S"))[-1].text
    assert text == "Be brief. Speak only as Mara, one short turn at a time. Be kind."


def test_empty_fields_leave_no_block() -> None:
    origins = [block.origin for block in render_system(CharacterBase(name="Mara"), RoleBase(), Scene("S"))]
    assert origins == [BlockOrigin.SCENE, BlockOrigin.NAME, BlockOrigin.INSTRUCTION]


def test_macros_expand_and_unknown_ones_stay() -> None:
    assert expand_macros("{{char}} and {{USER}}, <BOT>, <user>", "Mara", "Ann") == "Mara and Ann, Mara, Ann"
    assert expand_macros("a{{// note}}b{{comment: c}}", "M", "A") == "ab"
    assert expand_macros("{{reverse:abc}} {{unknown:x}} {{}}", "M", "A") == "cba {{unknown:x}} {{}}"
    assert expand_macros(r"{{pick:a\,b}}", "M", "A") == "a,b"
    assert 1 <= int(expand_macros("{{roll:d6}}", "M", "A")) <= 6
    assert expand_macros("{{roll:0}}", "M", "A") == "{{roll:0}}"


@given(st.text(max_size=80))
def test_macros_give_the_same_each_time_and_never_fail(text: str) -> None:
    assert expand_macros(text, "M", "A") == expand_macros(text, "M", "A")


def test_examples_split_at_start_lines_of_any_case() -> None:
    assert split_examples("before\n<start>\na: 1\n  <START> \n\nb: 2") == ["before", "a: 1", "b: 2"]


plain = st.text(st.characters(exclude_characters="<>:*\r\n"), min_size=1).map(str.strip).filter(bool)


@given(st.none() | plain, plain)
def test_a_reply_comes_apart_as_it_was_put_together(thought: str | None, text: str) -> None:
    reply = parse_reply(format_reply(thought, text), "Mara", ["Theo"])
    assert (reply.thought, reply.text, reply.bled) == (thought, text, False)


def test_a_reply_is_cut_where_another_speaks() -> None:
    reply = parse_reply("Mara: I was asleep.\n**Theo**: Liar.\nMara: No.", "Mara", ["Theo"])
    assert (reply.text, reply.bled) == ("I was asleep.", True)


def test_an_unclosed_thought_is_never_speech() -> None:
    reply = parse_reply("<think>He must not know", "Mara", [])
    assert (reply.thought, reply.text) == ("He must not know", "")


@given(plain, plain, st.integers(1, 7))
def test_streaming_shows_what_parsing_keeps(thought: str, text: str, size: int) -> None:
    written = format_reply(thought, text + " and then some more words")
    stream, shown = ReplyStream("Mara"), {True: "", False: ""}
    for start in range(0, len(written), size):
        for piece, private in stream.feed(written[start : start + size]):
            shown[private] += piece
    reply = parse_reply(written, "Mara", [])
    assert shown[True].strip() == reply.thought
    assert reply.text.startswith(shown[False].strip())
    assert "<" not in shown[False]
