"""What may be written next in a condition or an effect: for completion while one types."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.world.conditions import ATTRIBUTES
from core.world.graph import Story
from core.world.lexer import Misread, Token, TokenKind, read_tokens
from core.world.scope import (
    ANYONE,
    EVERYONE,
    NOBODY,
    NOWHERE,
    KnownName,
    NameKind,
    Scope,
    names_of,
    write_name,
)
from models.world import VariableKind

_KIND_AFTER = {
    "knows": NameKind.FACT,
    "know": NameKind.FACT,
    "suspects": NameKind.FACT,
    "suspect": NameKind.FACT,
    "learns": NameKind.FACT,
    "forgets": NameKind.FACT,
    "at": NameKind.PLACE,
    "to": NameKind.PLACE,
    "visited": NameKind.BEAT,
    "has": NameKind.PROP,
    "holds": NameKind.PROP,
    "takes": NameKind.PROP,
    "gets": NameKind.PROP,
}
_BEGINNINGS = (NameKind.VARIABLE, NameKind.PROP, NameKind.ROLE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word that may stand from `start` to the cursor, and a line about it."""

    text: str
    start: int
    note: str = ""


def suggest(text: str, cursor: int, story: Story, *, for_effects: bool = False) -> list[Suggestion]:
    """Returns what may stand at the cursor, given what was typed before it; those that begin like it come first."""
    before = text[:cursor]
    offset = before.rfind("\n") + 1 if for_effects else 0
    try:
        tokens = read_tokens(before[offset:], offset)[:-1]
    except Misread:  # inside quotes: facts and names are looked for by what they contain
        start = max(before.rfind('"'), before.rfind("“"))
        return _matching(before[start + 1 :], start, names_of(story))
    is_typing = bool(tokens) and tokens[-1].span[1] == cursor and tokens[-1].kind != TokenKind.SIGN
    typed = tokens.pop() if is_typing else None
    start = typed.span[0] if typed else cursor
    known = _after(tokens, story, for_effects=for_effects)
    return _matching(typed.text if typed else "", start, known)


def _after(tokens: list[Token], story: Story, *, for_effects: bool) -> Iterator[KnownName]:
    last = tokens[-1] if tokens else None
    if last is not None and last.is_sign("."):
        yield from (KnownName(attribute, NameKind.PROP) for attribute in ATTRIBUTES)
        return
    if last is not None and (last.is_sign("=", "!=") or last.is_word("is", "becomes")):
        yield from _values(tokens[:-1], story)
        return
    kind = _KIND_AFTER.get(last.text.casefold()) if last is not None and last.kind == TokenKind.WORD else None
    if kind is not None:
        yield from (one for one in names_of(story) if one.kind == kind)
        return
    if last is None or last.is_word("and", "or", "not") or last.is_sign("("):
        yield from (one for one in names_of(story) if one.kind in _BEGINNINGS)
        if not for_effects:
            yield KnownName("visited", NameKind.BEAT, "a beat that has been entered")
            yield KnownName("turns", NameKind.VARIABLE, "turns since the scene began; turns here: in this beat")
            yield KnownName(ANYONE, NameKind.ROLE)
        yield KnownName(EVERYONE, NameKind.ROLE)
        return
    yield from _verbs(last.text, story, for_effects=for_effects)


def _verbs(name: str, story: Story, *, for_effects: bool) -> Iterator[KnownName]:
    scope = Scope(story)
    if scope.role(name) is not None or name.casefold() in {ANYONE, EVERYONE}:
        verbs = "learns suspects forgets moves enters leaves takes" if for_effects else "knows suspects at is has"
    elif scope.prop(name) is not None:
        verbs = ""
    else:
        verbs = "" if for_effects else "and or"
    for verb in verbs.split():
        yield KnownName(verb, NameKind.ROLE)


def _values(tokens: list[Token], story: Story) -> Iterator[KnownName]:
    """Yields what the thing before `=` can be."""
    scope = Scope(story)
    if len(tokens) >= 3 and tokens[-2].is_sign("."):
        prop = scope.prop(tokens[-3].text)
        match tokens[-1].text.casefold():
            case "holder":
                yield KnownName(NOBODY, NameKind.ROLE)
                yield from (one for one in names_of(story) if one.kind == NameKind.ROLE)
            case "place":
                yield KnownName(NOWHERE, NameKind.PLACE)
                yield from (one for one in names_of(story) if one.kind == NameKind.PLACE)
            case "state" if prop is not None:
                yield from (KnownName(write_name(state), NameKind.PROP) for state in prop.states)
        return
    variable = scope.variable(tokens[-1].text) if tokens else None
    if variable is None:
        return
    match variable.kind:
        case VariableKind.FLAG:
            words = ["yes", "no"]
        case VariableKind.CHOICE:
            words = [write_name(choice) for choice in variable.choices]
        case _:
            words = [str(variable.low), str(variable.high)]
    yield from (KnownName(word, NameKind.VARIABLE, variable.name) for word in words)


def _matching(typed: str, start: int, known: Iterator[KnownName]) -> list[Suggestion]:
    wanted = typed.casefold()
    found: dict[str, tuple[int, Suggestion]] = {}
    for one in known:
        name, note = one.text.strip('"').casefold(), one.note.casefold()
        rank = 0 if name.startswith(wanted) else 1 if wanted in name else 2 if wanted in note else None
        if rank is not None and name != wanted:
            found.setdefault(one.text, (rank, Suggestion(one.text, start, one.note)))
    return [suggestion for _, suggestion in sorted(found.values(), key=lambda pair: pair[0])]
