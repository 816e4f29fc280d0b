"""Stories in ink: a knot for each passage. Source: "Writing with ink" (inkle)."""

import re

from core.interchange.story_plan import Passage, Said, StoryPlan, Way
from core.interchange.story_words import ALWAYS, Change, Syntax

_SYNTAX = Syntax()
_SPECIAL = re.compile(r"[\\{}|#\[\]~<>*+=/()!:-]")
_STATEMENT = re.compile(r"(?=(?:VAR|CONST|LIST|INCLUDE|EXTERNAL|TODO|else)\b)", re.IGNORECASE)


def format_ink(plan: StoryPlan) -> str:
    """Writes a story."""
    lines = [f"// {plan.title}", *(f"// {line}" for line in _comment_lines(plan.setting)), ""]
    lines += [f"// {name} is written {key}" for name, key in plan.cast.items() if name != key]
    lines += [
        f"VAR {one.name} = {one.start}" + (f" // {_comment(one.note)}" if one.note else "") for one in plan.numbers
    ]
    lines += ["", f"-> {plan.start}", ""]
    for passage in plan.passages:
        lines += [*_format_passage(passage), ""]
    return "\n".join(lines)


def escape_ink(text: str) -> str:
    """Writes a line of text so that nothing in it is ink."""
    return _STATEMENT.sub(r"\\", _SPECIAL.sub(lambda match: f"\\{match[0]}", text), count=1) if text else ""


def _format_passage(passage: Passage) -> list[str]:
    lines = [f"=== {passage.name} ===", f"// {_comment(passage.title)}"]
    lines += [f"// {_comment(note)}" for note in passage.notes]
    lines += _format_changes(passage)
    lines += [escape_ink(line.strip()) for line in passage.text.split("\n") if line.strip()]
    lines += [_format_line(line) for line in passage.lines]
    if passage.hub:
        return [*lines, f"-> {passage.hub}"]
    lines += [f"{{{_SYNTAX.ask(way.question)}: -> {way.target}}}" for way in passage.ways if way.is_forced]
    chosen = [way for way in passage.ways if not way.is_forced]
    for way in chosen:
        lines += _format_way(way)
    return [*lines, "+ -> END"] if chosen else [*lines, "-> END"]


def _format_way(way: Way) -> list[str]:
    condition = "" if way.question == ALWAYS else f"{{{_SYNTAX.ask(way.question)}}} "
    return [
        *([f"// {_comment(way.note)}"] if way.note else []),
        f"+ {condition}[{escape_ink(way.label)}] -> {way.target}",
    ]


def _format_line(line: Said) -> str:
    return f"{escape_ink(line.speaker)}\\: {escape_ink(line.text)}" if line.speaker else escape_ink(line.text)


def _format_changes(passage: Passage) -> list[str]:
    done = [_format_change(change) for change in passage.changes]
    if not passage.failure_changes:
        return done
    question = "RANDOM(0, 1) == 0" if passage.success is None else _SYNTAX.ask(passage.success)
    failed = [_format_change(change) for change in passage.failure_changes]
    return ["{", f"- {question}:", *done, "- else:", *failed, "}"]


def _format_change(change: Change) -> str:
    number = change.number
    if not change.is_step:
        return f"~ {number.name} = {change.value}"
    return f"~ {number.name} = MIN({number.high}, MAX({number.low}, {number.name} + {change.value}))"


def _comment_lines(text: str) -> list[str]:
    return [_comment(line) for line in text.split("\n") if line.strip()]


def _comment(text: str) -> str:
    return text.strip()
