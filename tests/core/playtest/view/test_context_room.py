"""A full context: the persona stays whole, the prompt fits, pins stay, and the same branch gives the same view."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core.characters.prompt import join_blocks
from core.errors import UserError
from core.inference.request import Render, Rendered
from core.inference.scripted import INFO, ScriptedEngine
from core.playtest.script import Script
from core.playtest.view.context_room import STAND_IN_SHARE, ContextRoom, Fit
from core.playtest.view.earlier import Earlier
from core.playtest.view.views import build_view
from models.playtest import Turn
from tests.core.playtest.view.test_earlier import numbered
from tests.core.playtest.view.test_views import make_script, make_turn

MAX_TOKENS = 40


@pytest.fixture(scope="module")
def engine() -> Iterator[ScriptedEngine]:
    with closing(ScriptedEngine({})) as engine:
        yield engine


def sized(engine: ScriptedEngine, n_ctx: int) -> ScriptedEngine:
    engine._info = replace(INFO, n_ctx=n_ctx)
    return engine


histories = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40), st.booleans()), min_size=1, max_size=60).map(
    lambda drawn: numbered(
        [
            make_turn(speaker, f"word-{place} " + "and so on. " * n_words, "thinking " * n_words if thinks else None)
            for place, (speaker, n_words, thinks) in enumerate(drawn)
        ]
    )
)


@settings(deadline=None)
@given(histories, st.integers(300, 1500), st.booleans(), st.data())
def test_a_view_fits_and_keeps_persona_and_pins(
    engine: ScriptedEngine, history: list[Turn], n_ctx: int, stands_in: bool, data: st.DataObject
) -> None:
    script = make_script(3)
    part = script.parts[0]
    pinned = data.draw(st.frozensets(st.integers(0, len(history) - 1), max_size=4))
    room = ContextRoom(sized(engine, n_ctx), script)
    try:
        fit = room.fit(part, history, MAX_TOKENS, pinned=pinned, stands_in=stands_in)
    except UserError as error:
        said = error.message
        event("refused")
    else:
        said = ""
        _check(engine, script, history, fit, pinned, n_ctx)
    assert not said or "pinned turns" in said or "alone" in said


def _check(
    engine: ScriptedEngine, script: Script, history: list[Turn], fit: Fit, pinned: frozenset[int], n_ctx: int
) -> None:
    part = script.parts[0]
    room = ContextRoom(engine, script)
    earlier = room.extract(history, fit, pinned) if fit.n_left else Earlier()
    view = build_view(script, part, history[fit.n_left :], earlier)
    assert view.messages[0].content == join_blocks(build_view(script, part, ()).blocks)
    rendered = engine.submit(Render(view.messages)).result()
    assert isinstance(rendered, Rendered)
    assert rendered.n_tokens + MAX_TOKENS <= n_ctx
    text = "\n".join(message.content for message in view.messages)
    for place in pinned:
        assert f"word-{place} " in text
    for place in range(fit.n_left, len(history)):
        assert f"word-{place} " in text
    if not fit.stand_in_tokens:
        assert earlier.key_lines == ()
    if fit.n_left:
        event("turns left")
        assert ContextRoom(engine, script).extract(history, fit, pinned) == earlier


@settings(deadline=None, max_examples=25)
@given(histories)
def test_turns_leave_several_at_a_time_and_never_come_back(engine: ScriptedEngine, history: list[Turn]) -> None:
    script = make_script(3)
    room = ContextRoom(sized(engine, 900), script)
    fits = [room.fit(script.parts[0], history[:n], MAX_TOKENS) for n in range(1, len(history) + 1)]
    lefts = [fit.n_left for fit in fits]
    assert lefts == sorted(lefts)
    standing = {fit.n_left: room.extract(history[:n], fit).text for n, fit in enumerate(fits, start=1) if fit.n_left}
    for n, fit in enumerate(fits, start=1):
        if fit.n_left:
            assert room.extract(history[:n], fit).text == standing[fit.n_left], "it changes only when turns leave"
            assert fit.stand_in_tokens == round(fit.room_tokens * STAND_IN_SHARE)


def test_pins_that_fill_the_view_are_said(engine: ScriptedEngine) -> None:
    script = make_script(2)
    history = numbered([make_turn(place % 2, "word " * 60) for place in range(20)])
    room = ContextRoom(sized(engine, 600), script)
    with pytest.raises(UserError, match="pinned turns take") as raised:
        room.fit(script.parts[0], history, MAX_TOKENS, pinned=frozenset(range(12)))
    assert "Unpin" in raised.value.hint


def test_a_context_too_small_is_said_with_its_sum(engine: ScriptedEngine) -> None:
    script = make_script(2)
    with pytest.raises(UserError, match=r"take .* tokens, a turn may take 40, and 74 are kept") as raised:
        ContextRoom(sized(engine, 100), script).fit(script.parts[0], [], MAX_TOKENS)
    system, turn, kept, together, n_ctx = map(int, re.findall(r"\d+", raised.value.message))
    assert (turn, system + turn + kept, n_ctx) == (MAX_TOKENS, together, 100)
    assert together > n_ctx


def test_a_turn_that_fills_the_view_is_said(engine: ScriptedEngine) -> None:
    script = make_script(2)
    history = numbered([make_turn(0, "Yes."), make_turn(1, "word " * 600)])
    with pytest.raises(UserError, match="last turn alone"):
        ContextRoom(sized(engine, 600), script).fit(script.parts[0], history, MAX_TOKENS)
