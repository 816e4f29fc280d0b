"""Stories in Yarn Spinner 2: a node for each passage. Source: "Yarn Spinner Documentation", nodes and lines."""

import re

from core.interchange.story_plan import Passage, Said, StoryPlan, Way
from core.interchange.story_words import ALWAYS, Change, Syntax

_SYNTAX = Syntax(both=" and ", either=" or ", equal="==", prefix="$")
_SPECIAL = re.compile(r"[\\{}\[\]#<>/:]")
_LIKE_DIALOGUE = re.compile(r"\S+:\s")
_START = re.compile(r"^(?=-|=)")


def format_yarn(plan: StoryPlan) -> str:
    """Writes a story. The node `Start` sets the variables."""
    lines = ["title: Start", "---", f"// {plan.title}"]
    lines += [f"// {line}" for line in plan.setting.split("\n") if line.strip()]
    lines += [f"// ${one.name}: {one.note}" for one in plan.numbers if one.note]
    lines += [f"<<declare ${one.name} = {one.start}>>" for one in plan.numbers]
    lines += [f"<<jump {plan.start}>>", "==="]
    for passage in plan.passages:
        lines += _format_passage(passage)
    return "\n".join(lines) + "\n"


def escape_yarn(text: str) -> str:
    """Writes a line of text so that nothing in it is Yarn."""
    return _START.sub(r"\\", _SPECIAL.sub(lambda match: f"\\{match[0]}", text))


def _format_passage(passage: Passage) -> list[str]:
    lines = [f"title: {passage.name}", f"position: {round(passage.x)},{round(passage.y)}", "---"]
    lines += [f"// {line}" for line in (passage.title, *passage.notes)]
    lines += _format_changes(passage)
    lines += [_format_line(Said("", line.strip())) for line in passage.text.split("\n") if line.strip()]
    lines += [_format_line(line) for line in passage.lines]
    if passage.hub:
        return [*lines, f"<<jump {passage.hub}>>", "==="]
    for way in passage.ways:
        lines += _format_way(way)
    if not any(not way.is_forced for way in passage.ways):
        lines.append("<<stop>>")
    return [*lines, "==="]


def _format_way(way: Way) -> list[str]:
    jump = f"<<jump {way.target}>>"
    if way.is_forced:
        return [f"<<if {_SYNTAX.ask(way.question)}>>", f"    {jump}", "<<endif>>"]
    condition = "" if way.question == ALWAYS else f" <<if {_SYNTAX.ask(way.question)}>>"
    note = [f"// {way.note}"] if way.note else []
    return [*note, f"-> {escape_yarn(way.label)}{condition}", f"    {jump}"]


def _format_line(line: Said) -> str:
    """A line of the narrator that looks like dialogue gets a speaker, or its first word would be taken for one."""
    speaker = line.speaker or ("Narrator" if _LIKE_DIALOGUE.match(line.text) else "")
    return f"{escape_yarn(speaker)}: {escape_yarn(line.text)}" if speaker else escape_yarn(line.text)


def _format_changes(passage: Passage) -> list[str]:
    done = [line for change in passage.changes for line in _format_change(change)]
    if not passage.failure_changes:
        return done
    question = "dice(2) == 1" if passage.success is None else _SYNTAX.ask(passage.success)
    failed = [line for change in passage.failure_changes for line in _format_change(change)]
    return [f"<<if {question}>>", *done, "<<else>>", *failed, "<<endif>>"]


def _format_change(change: Change) -> list[str]:
    number = change.number
    if not change.is_step:
        return [f"<<set ${number.name} to {change.value}>>"]
    lines = [f"<<set ${number.name} to ${number.name} + {change.value}>>"] if change.value else []
    for sign, bound in ((">", number.high), ("<", number.low)):
        lines += [f"<<if ${number.name} {sign} {bound}>>", f"<<set ${number.name} to {bound}>>", "<<endif>>"]
    return lines
