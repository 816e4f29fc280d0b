"""A thought of so many tokens: written by itself, closed, and put before a turn that is heard and weighed whole."""

from contextlib import closing

import pytest

from core.characters.reply import parse_reply
from core.inference.request import Finish, Generate, Generated, Listener, Message, Sampling, Shadow
from core.inference.scripted import ScriptedEngine
from core.playtest.writing.bounded_thought import write_bounded

CHAT = (Message("user", "Well?"),)
REQUEST = Generate(
    lane="mara",
    messages=CHAT,
    max_tokens=20,
    sampling=Sampling(seed=1),
    opening="<think>I feel",
    stop=("\nTheo:",),
    listeners=(Listener("theo", CHAT, "</think>"),),
    shadows=(Shadow("bare", CHAT),),
)


def play(note: str, speech: str, think_tokens: int, request: Generate = REQUEST) -> tuple[list[Generate], Generated]:
    """Runs a turn; the engine says `note` after the opening of the thought, and `speech` after the closed thought."""
    seen: list[Generate] = []

    def line(asked: Generate) -> str:
        return asked.opening + (speech if asked.opening.endswith("</think>") else note)

    with closing(ScriptedEngine(line)) as engine:

        def run(asked: Generate) -> Generated:
            seen.append(asked)
            result = engine.submit(asked).result()
            assert isinstance(result, Generated)
            return result

        turn = write_bounded(request, think_tokens, run, run)
    assert turn is not None
    return seen, turn


def test_a_thought_that_ends_by_itself_is_kept_whole() -> None:
    seen, turn = play(" so tired.</think> Never mind.", " Good morning.", 9)
    assert seen[1].opening == "<think>I feel so tired.</think>"
    reply = parse_reply(turn.text, "Mara", ["Theo"])
    assert (reply.thought, reply.text) == ("I feel so tired.", "Good morning.")


def test_a_thought_that_would_go_on_is_closed_after_its_last_whole_word() -> None:
    seen, turn = play(" one two three four five six", " Yes.", 3)
    assert seen[0].max_tokens == 3
    assert seen[1].opening == "<think>I feel one two</think>"
    assert parse_reply(turn.text, "Mara", []).text == "Yes."


def test_only_the_turn_is_heard_and_weighed_and_both_keep_to_the_bound() -> None:
    seen, turn = play(" one two three", " Yes.", 50)
    note, whole = seen
    assert not note.listeners
    assert not note.shadows
    assert note.stop == ("</think>", "\nTheo:")
    assert whole.listeners == REQUEST.listeners
    assert whole.shadows == REQUEST.shadows
    assert note.max_tokens == 10, "half of the turn at most"
    assert whole.max_tokens == 20 - 3
    assert turn.usage.n_written_tokens == 3 + 1


@pytest.mark.parametrize("note", ["", "\nTheo: No!", "</think>"])
def test_an_empty_thought_is_closed_too(note: str) -> None:
    _, turn = play(note, " Yes.", 5)
    reply = parse_reply(turn.text, "Mara", ["Theo"])
    assert (reply.thought, reply.text) == ("I feel", "Yes.")


def test_a_cancelled_thought_ends_the_turn() -> None:
    assert write_bounded(REQUEST, 5, lambda _note: None, lambda _turn: pytest.fail("not asked")) is None
    assert Finish.LENGTH == "length"
