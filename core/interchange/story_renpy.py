"""Stories in Ren'Py: a label for each passage. Source: "Ren'Py Documentation", dialogue, labels, menus, conditions."""

from core.interchange.story_plan import Passage, Said, StoryPlan, Way
from core.interchange.story_words import ALWAYS, Change, Syntax

_SYNTAX = Syntax(true="True", false="False")
_DOUBLED = {"[": "[[", "{": "{{", "%": "%%"}


def format_renpy(plan: StoryPlan) -> str:
    """Writes a story."""
    lines = [f"# {line}" for line in (plan.title, *plan.setting.split("\n")) if line.strip()]
    lines += ["", f"define config.name = {quote_plain(plan.title)}"]
    lines += [f"define {key} = Character({quote_renpy(name)})" for name, key in plan.cast.items()]
    for one in plan.numbers:
        lines += [f"default {one.name} = {one.start}" + (f"  # {one.note}" if one.note else "")]
    lines += ["", "label start:", f"    jump {plan.start}"]
    for passage in plan.passages:
        lines += ["", *_format_passage(passage, plan)]
    return "\n".join(lines) + "\n"


def quote_renpy(text: str) -> str:
    """Writes a line of text as a string in which nothing is interpolated."""
    return quote_plain("".join(_DOUBLED.get(character, character) for character in text))


def quote_plain(text: str) -> str:
    """Writes a string of Python."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _format_passage(passage: Passage, plan: StoryPlan) -> list[str]:
    lines = [f"label {passage.name}:"]
    lines += [f"    # {line}" for line in (passage.title, *passage.notes)]
    lines += [f"    {line}" for line in _format_changes(passage)]
    lines += [f"    {quote_renpy(line.strip())}" for line in passage.text.split("\n") if line.strip()]
    lines += [f"    {_format_line(line, plan)}" for line in passage.lines]
    if passage.hub:
        return [*lines, f"    jump {passage.hub}"]
    for way in passage.ways:
        if way.is_forced:
            lines += [f"    if {_SYNTAX.ask(way.question)}:", f"        jump {way.target}"]
    chosen = [way for way in passage.ways if not way.is_forced]
    lines += ["    menu:"] if chosen else []
    for way in chosen:
        lines += [f"        {line}" for line in _format_way(way)]
    return [*lines, "    return"]


def _format_way(way: Way) -> list[str]:
    condition = "" if way.question == ALWAYS else f" if {_SYNTAX.ask(way.question)}"
    note = [f"# {way.note}"] if way.note else []
    return [*note, f"{quote_renpy(way.label)}{condition}:", f"    jump {way.target}"]


def _format_line(line: Said, plan: StoryPlan) -> str:
    speaker = plan.cast.get(line.speaker)
    return f"{speaker} {quote_renpy(line.text)}" if speaker else quote_renpy(line.text)


def _format_changes(passage: Passage) -> list[str]:
    done = [_format_change(change) for change in passage.changes]
    if not passage.failure_changes:
        return done
    question = "renpy.random.random() < 0.5" if passage.success is None else _SYNTAX.ask(passage.success)
    failed = [_format_change(change) for change in passage.failure_changes]
    return [f"if {question}:", *(f"    {line}" for line in done), "else:", *(f"    {line}" for line in failed)]


def _format_change(change: Change) -> str:
    number = change.number
    if not change.is_step:
        return f"$ {number.name} = {change.value}"
    return f"$ {number.name} = min({number.high}, max({number.low}, {number.name} + {change.value}))"
