"""What one character has perceived of a scene, as the chat that its weights read: egocentric projection.

One neutral history; each view is a pure function of it. No thought, secret or persona of another ever enters.

Source: SPASM (egocentric context projection): speaker i becomes the assistant, everybody else the user.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from core.characters.macros import expand_macros
from core.characters.prompt import Block, BlockOrigin, join_blocks, render_system, without_persona
from core.characters.reply import format_reply
from core.hearing.whispers import whisper_mark
from core.inference.request import Message
from core.lore.placement import NOTHING_PLACED, Injection, Placement
from core.memory.persona import told_character
from core.playtest.script import Part, Script
from core.playtest.view.earlier import NOTHING_EARLIER, Earlier
from core.playtest.view.lore_blocks import fill_outlets, injected_text, with_lore
from core.world.telling import Told
from models.lore import LoreRole
from models.playtest import SpeakerKind, TurnBase

SCENE_BEGINS = "(The scene begins.)"
"""The user's message before a history that its owner opens."""
GO_ON = "(Go on.)"
"""The user's message between two turns of the same speaker."""

KEPT_SHARE = 0.75
"""Of the room for history, what is kept when the oldest turns leave it."""


@dataclass(frozen=True, slots=True)
class View:
    """The chat that one character's weights read before its turn."""

    blocks: tuple[Block, ...]
    history: tuple[Message, ...]
    notes: tuple[Block, ...] = ()
    """What the character's mind says to it before this turn: the end of the last message."""

    @property
    def messages(self) -> tuple[Message, ...]:
        """System text, history and notes."""
        system = Message("system", join_blocks(self.blocks))
        if not self.notes:
            return (system, *self.history)
        last = self.history[-1]
        return (system, *self.history[:-1], Message(last.role, f"{last.content}\n\n({join_blocks(self.notes)})"))

    def without_persona(self) -> "View":
        """The same view, had its owner no persona: what grounding compares with."""
        return View(without_persona(self.blocks), self.history, without_persona(self.notes))


def build_view(
    script: Script,
    part: Part,
    history: Sequence[TurnBase],
    earlier: Earlier = NOTHING_EARLIER,
    lore: Placement = NOTHING_PLACED,
    notes: tuple[Block, ...] = (),
) -> View:
    """Builds the view of one character of a history, all of which it has perceived.

    What stands for earlier turns comes right after the system text: it changes only when turns leave.

    Args:
        lore: What lorebooks say for this turn, and where.
        notes: What its mind says to it.
    """
    character = told_character(part.character, script.rules.memory)
    if "system_prompt" in lore.without_prompts:
        character = character.model_copy(update={"system_prompt": ""})
    blocks = with_lore(render_system(character, part.role, script.scene, part.relations), lore)
    blocks = _with_world(blocks, part.told)
    partner = partner_id(script, part.role_id)
    thinker = character.name if script.rules.thought.keeps else None
    messages = project_history(history, part.role_id, partner, earlier.text, lore.injections, thinker=thinker)
    if "post_history_instructions" in lore.without_prompts:
        return View(blocks, messages, notes)
    return View(blocks, _with_post_history(messages, part, script, lore), notes)


def _with_world(blocks: tuple[Block, ...], told: Told) -> tuple[Block, ...]:
    """Puts what the world tells before the instruction: it changes more often than all that stands above it."""
    said = ((BlockOrigin.FACTS, told.facts), (BlockOrigin.WORLD, told.world))
    fresh = tuple(Block(origin, text) for origin, text in said if text)
    place = next((at for at, block in enumerate(blocks) if block.origin == BlockOrigin.INSTRUCTION), len(blocks))
    return (*blocks[:place], *fresh, *blocks[place:])


def partner_id(script: Script, me: str) -> str | None:
    """Returns the one other member of a cast of two, whose lines need no name; None in other casts."""
    others = [part.role_id for part in script.parts if part.role_id != me]
    return others[0] if len(others) == 1 else None


def project_history(
    history: Sequence[TurnBase],
    me: str,
    partner: str | None,
    earlier: str = "",
    injections: Sequence[Injection] = (),
    *,
    thinker: str | None = None,
) -> tuple[Message, ...]:
    """Turns a neutral history into the chat of speaker `me`, ending with a user's message.

    Args:
        partner: The speaker whose lines carry no name.
        earlier: What stands for the turns before this history.
        injections: Lore between the turns, the deepest first.
        thinker: The name of who reads its own earlier thoughts again; None: nobody does. Thoughts of somebody else who
            played the part before are not its own.
    """
    messages = [Message("user", earlier)] if earlier else []
    waiting = list(injections)
    for place, turn in enumerate(history):
        _inject(messages, waiting, len(history) - place)
        if not turn.text.strip() and turn.speaker_id != me:  # a silence, or something that was only set
            continue
        if turn.speaker_id == me:
            if not messages or messages[-1].role == "assistant":
                messages.append(Message("user", GO_ON if messages else SCENE_BEGINS))
            said = f"{mark} {turn.text}" if (mark := whisper_mark(turn, me)) else turn.text
            thought = turn.thought if turn.speaker == thinker else None
            messages.append(Message("assistant", format_reply(thought, said)))
        elif messages and messages[-1].role == "user":
            messages[-1] = Message("user", f"{messages[-1].content}\n{_heard_line(turn, partner, me)}")
        else:
            messages.append(Message("user", _heard_line(turn, partner, me)))
    _inject(messages, waiting, 0)
    if not messages or messages[-1].role == "assistant":
        messages.append(Message("user", GO_ON if messages else SCENE_BEGINS))
    return tuple(messages)


def _inject(messages: list[Message], waiting: list[Injection], n_after: int) -> None:
    """Says the lore that is due before so many last turns: as somebody's line, or as the character's own words."""
    while waiting and waiting[0].depth >= n_after:
        injection = waiting.pop(0)
        role: Literal["user", "assistant"] = "assistant" if injection.role == LoreRole.ASSISTANT else "user"
        text = injected_text(injection)
        if messages and messages[-1].role == role:
            messages[-1] = Message(role, f"{messages[-1].content}\n{text}")
        else:
            if role == "assistant" and not messages:
                messages.append(Message("user", SCENE_BEGINS))
            messages.append(Message(role, text))


def first_kept_turn(turn_tokens: Sequence[int], room_tokens: int, pinned: Collection[int] = frozenset()) -> int:
    """Returns how many of the oldest turns leave a view whose history has this much room.

    Turns leave several at a time, so that the start of the prompt, and with it the tokens already
    read, stay the same for many turns. A fold over the turns: the same history, the same answer.

    Args:
        pinned: Places of turns that go on taking their room when they have left.
    """
    read = [0, *accumulate(turn_tokens)]
    left = [0, *accumulate(0 if at in pinned else n for at, n in enumerate(turn_tokens))] if pinned else read
    first, end = 0, 0
    while True:
        end = bisect_right(read, room_tokens + left[first], lo=end + 1)
        if end == len(read):
            return first
        first = min(end - 1, bisect_left(left, read[end] - room_tokens * KEPT_SHARE, lo=first))


def _heard_line(turn: TurnBase, partner: str | None, me: str) -> str:
    """One line as the others hear it. Its further lines are indented, so that none can pose as another speaker's.

    Whoever hears a whisper reads that it is one, and for whom.
    """
    text = turn.text.strip().replace("\r", "").replace("\n", "\n  ")
    if turn.kind == SpeakerKind.NARRATOR:
        return f"*{text.strip('*')}*"
    if turn.kind == SpeakerKind.DIRECTOR:  # a whisper to this character: nobody of the scene says it
        return f"({text})"
    mark = whisper_mark(turn, me)
    if turn.speaker_id == partner:
        return f"{mark} {text}" if mark else text
    return f"{turn.speaker} {mark}: {text}" if mark else f"{turn.speaker}: {text}"


def _with_post_history(
    messages: tuple[Message, ...], part: Part, script: Script, lore: Placement
) -> tuple[Message, ...]:
    """Adds a card's post-history instructions to the end, where they weigh most."""
    instructions = part.character.post_history_instructions.strip()
    if not instructions:
        return messages
    text = expand_macros(instructions, part.character.spoken_name, script.scenario.user_name)
    text = fill_outlets(text, lore.outlets)
    return (*messages[:-1], Message("user", f"{messages[-1].content}\n\n({text})"))
