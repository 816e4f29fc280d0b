"""From messages to the exact text that weights read: their own template, or a plain format when it cannot be used.

Pure but for the time limit on templates (main thread only). Knows texts of control tokens, not tokens.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.inference.request import Message
from core.inference.sandbox import TemplateRefused, TemplateTooCostly, compile_template

THINK = "<think>"
END_THINK = "</think>"
SCENE_OPENS = "(The scene begins.)"
"""What a user message says where a template demands one before the first assistant message."""

PLAIN_HEADS = {"system": "### Instructions:", "user": "### Input:", "assistant": "### Response:"}

_SYSTEM, _FIRST, _ANSWER, _LAST = "Sentinel-system", "Sentinel-first", "Sentinel-answer", "Sentinel-last"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a template takes."""

    system: bool = True
    """A system message; else its text goes into the first user message."""
    assistant_first: bool = True
    """An assistant message before any user message; else one is put there."""
    parts: bool = False
    """Contents as lists of parts, as templates of weights that see images may demand."""


_SHAPES = tuple(
    _Shape(system, assistant_first, parts)
    for parts in (False, True)
    for system in (True, False)
    for assistant_first in (True, False)
)


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How chats are written for one set of weights."""

    description: str
    """`own`, or `plain` with the reason behind a colon."""
    stop: tuple[str, ...]
    """Texts that end an answer where no control token does."""
    end_tokens: tuple[str, ...]
    """Control tokens that the format puts behind an answer."""
    _write: Callable[[Sequence[Message], bool], str]
    _control: re.Pattern[str] | None
    _heads: tuple[str, str] = ("", "")
    """What the template puts before an answer of the past but leaves to the weights at the end of a prompt, without
    thoughts and with them: such as the channel of an answer."""

    def render(self, messages: Sequence[Message], opening: str = "") -> str:
        """Returns the prompt: all messages and the head of the answer. Contents cannot spell control tokens.

        Raises:
            TemplateRefused: The template fails on these messages.
        """
        thinks = opening.startswith(THINK)
        safe = [replace(message, content=self.defuse(message.content)) for message in messages]
        return settle_thoughts(self._write(merge(safe), thinks), thinks) + self._heads[thinks]

    def defuse(self, content: str) -> str:
        """Returns a text that spells no control token."""
        return defuse(content, self._control)


def choose_format(template: str, variables: Mapping[str, str], control_tokens: Iterable[str]) -> ChatFormat:
    """Tries a template on small chats and returns the format that works.

    Args:
        template: The weights' own; empty: none.
        variables: What templates may ask for beside messages: `bos_token`, `eos_token`.
        control_tokens: Texts that contents must not be able to spell.
    """
    tokens = [text for text in control_tokens if len(text) > 1]
    control = control_pattern(tokens)
    if not template.strip():
        return _plain("the weights carry no chat template", control)
    try:
        render = compile_template(template)
        shape = _fitting_shape(render, variables)
    except TemplateRefused as refusal:
        return _plain(f"the weights' template cannot be used, {refusal}", control)

    def write(messages: Sequence[Message], thinks: bool) -> str:
        return _render(render, variables, _shaped(messages, shape), shape, thinks)

    boundary = _boundary(write)
    ends = tuple(control.findall(boundary)) if control else ()
    stop = () if ends or len(boundary.strip()) < 3 else (boundary.strip().splitlines()[0],)
    return ChatFormat("own", stop, ends, write, control, (_head(write, False), _head(write, True)))


def merge(messages: Sequence[Message]) -> list[Message]:
    """Makes roles alternate: one system message at most, at the front; neighbours of one role become one message.

    A system message further back becomes the user's, so that its place in the chat is kept.
    """
    merged: list[Message] = []
    for message in messages:
        late = message.role == "system" and any(other.role != "system" for other in merged)
        role = "user" if late else message.role
        if merged and merged[-1].role == role:
            merged[-1] = Message(role, f"{merged[-1].content}\n{message.content}")
        else:
            merged.append(Message(role, message.content))
    return merged


def control_pattern(tokens: Sequence[str]) -> re.Pattern[str] | None:
    """Returns a pattern that finds any of these texts, longest first; None for no texts."""
    ordered = sorted(tokens, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def defuse(content: str, control: re.Pattern[str] | None) -> str:
    """Puts a space behind the first letter of each control token that a text spells, until it spells none."""
    while control and control.search(content):
        content = control.sub(lambda match: f"{match[0][0]} {match[0][1:]}", content)
    return content


def _shaped(messages: Sequence[Message], shape: _Shape) -> list[Message]:
    shaped = list(messages)
    if shaped and shaped[0].role == "system" and not shape.system:
        first = shaped.pop(0)
        shaped = merge([replace(first, role="user"), *shaped])
    n_system = 1 if shaped and shaped[0].role == "system" else 0
    if not shape.assistant_first and len(shaped) > n_system and shaped[n_system].role == "assistant":
        shaped.insert(n_system, Message("user", SCENE_OPENS))
    return shaped


def _render(
    render: Callable[[Mapping[str, Any]], str],
    variables: Mapping[str, str],
    messages: Sequence[Message],
    shape: _Shape,
    thinks: bool,
) -> str:
    def content(message: Message) -> object:
        return [{"type": "text", "text": message.content}] if shape.parts else message.content

    return render(
        {
            **variables,
            "messages": [{"role": message.role, "content": content(message)} for message in messages],
            "add_generation_prompt": True,
            "enable_thinking": thinks,
            "thinking": thinks,
        }
    )


def _fitting_shape(render: Callable[[Mapping[str, Any]], str], variables: Mapping[str, str]) -> _Shape:
    """Returns the first shape in which every text of a small chat arrives, in order."""
    system, user, answer = Message("system", _SYSTEM), Message("user", _FIRST), Message("assistant", _ANSWER)
    chats = ([system, user], [system, user, answer, Message("user", _LAST)], [system, answer, Message("user", _LAST)])
    refusal = TemplateRefused("it leaves out messages")
    for shape in _SHAPES:
        try:
            if all(_arrives(chat, _render(render, variables, _shaped(chat, shape), shape, False)) for chat in chats):
                return shape
        except TemplateTooCostly:
            raise
        except TemplateRefused as error:
            refusal = error
    raise refusal


def _arrives(chat: Sequence[Message], text: str) -> bool:
    places = [text.find(message.content) for message in chat if message.role != "system"]
    return places == sorted(places) and -1 not in places and all(message.content in text for message in chat)


def _boundary(write: Callable[[Sequence[Message], bool], str]) -> str:
    """Returns what stands between an answer and the user's next message."""
    text = write([Message("user", _FIRST), Message("assistant", _ANSWER), Message("user", _LAST)], False)
    return text[text.index(_ANSWER) + len(_ANSWER) : text.index(_LAST)]


def _head(write: Callable[[Sequence[Message], bool], str], thinks: bool) -> str:
    """Returns what past answers have before them beyond the end of a prompt; blanks are left to the weights."""
    first, answer = Message("user", _FIRST), Message("assistant", _ANSWER)
    prompt = write([first], thinks).partition(_FIRST)[2]
    past = write([first, answer, Message("user", _LAST)], thinks).partition(_FIRST)[2].partition(_ANSWER)[0]
    head = past.removeprefix(prompt) if past.startswith(prompt) else ""
    unwanted = not head.strip() or (thinks and "think" in head)
    return "" if unwanted else head


def settle_thoughts(text: str, thinks: bool) -> str:
    """Some templates open the answer's thoughts themselves: the opening does so here, or nothing is to be thought."""
    if not text.rstrip().endswith(THINK):
        return text
    return text.rstrip()[: -len(THINK)] if thinks else f"{text.rstrip()}\n\n{END_THINK}\n\n"


def _plain(reason: str, control: re.Pattern[str] | None) -> ChatFormat:
    def write(messages: Sequence[Message], thinks: bool) -> str:
        blocks = [f"{PLAIN_HEADS[message.role]}\n{message.content}\n\n" for message in messages]
        return "".join(blocks) + f"{PLAIN_HEADS['assistant']}\n"

    stop = tuple(f"\n{head}" for head in PLAIN_HEADS.values())
    return ChatFormat(f"plain: {reason}", stop, (), write, control)
