"""Macros of character cards, expanded when a prompt is made and never when a card is saved."""

import random
import re

_NAME_TAGS = re.compile(r"<(BOT|USER)>", re.IGNORECASE)
_MACRO = re.compile(r"\{\{([^{}]*)\}\}")
_MAX_NESTING = 8
_MAX_DIE_SIDES = 1_000_000


def expand_macros(text: str, char: str, user: str) -> str:
    """Expands `{{char}}`, `{{user}}`, `{{random:…}}`, `{{pick:…}}`, `{{roll:…}}`, `{{reverse:…}}` and notes.

    Choices depend on the text and the place of the macro alone, so that a prompt stays the same from
    turn to turn and its tokens can be reused. Unknown macros are left as they are.

    Source: Character Card V3, "Curly Braced Syntaxes".
    """
    text = _NAME_TAGS.sub(lambda match: char if match[1].upper() == "BOT" else user, text)
    for _ in range(_MAX_NESTING):
        expanded = _MACRO.sub(lambda match: _expand_one(match, char, user), text)
        if expanded == text:
            break
        text = expanded
    return text


def _expand_one(match: re.Match[str], char: str, user: str) -> str:
    body = match[1].strip()
    if body.startswith("//"):
        return ""
    name, separator, argument = body.partition(":")
    name = name.strip().lower()
    argument = argument.removeprefix(":")
    if not separator:
        name, _, argument = body.partition(" ")
        name = name.lower()
    match name:
        case "char":
            return char
        case "user":
            return user
        case "comment" | "hidden_key":
            return ""
        case "reverse":
            return argument[::-1]
        case "random" | "pick" if argument:
            return _place_random(match).choice(_split_options(argument))
        case "roll":
            return _roll(match, argument)
        case _:
            return match[0]


def _place_random(match: re.Match[str]) -> random.Random:
    return random.Random(f"{match.string[:64]}|{match.start()}|{match[0]}")


def _split_options(argument: str) -> list[str]:
    if "::" in argument:
        return argument.split("::")
    return [option.replace("\\,", ",") for option in re.split(r"(?<!\\),", argument)]


def _roll(match: re.Match[str], argument: str) -> str:
    die = re.fullmatch(r"\s*(?:1?d)?(\d{1,7})\s*", argument, re.IGNORECASE)
    sides = int(die[1]) if die else 0
    if not 1 <= sides <= _MAX_DIE_SIDES:
        return match[0]
    return str(_place_random(match).randint(1, sides))
