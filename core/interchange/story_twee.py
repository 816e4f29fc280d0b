"""Stories in Twee 3, with the macros of SugarCube. Sources: "Twee 3 Specification", "SugarCube v2 Documentation"."""

import json
import re
import uuid

from core.interchange.story_plan import Passage, Said, StoryPlan, Way
from core.interchange.story_words import ALWAYS, Change, Syntax

_SYNTAX = Syntax(both=" and ", either=" or ", equal="eq", prefix="$")
_SPECIAL = re.compile(r"[<>&\[\]{}$\\|@`_^]|(?<=(.))\1|^[!*#:;-]", re.MULTILINE)
_NAMESPACE = uuid.UUID("6f2b1e0a-7c55-4b57-9d0e-2f6f0c2f9a11")


def format_twee(plan: StoryPlan) -> str:
    """Writes a story."""
    ifid = str(uuid.uuid5(_NAMESPACE, f"{plan.id}:{plan.title}")).upper()
    names = {passage.name: passage.name for passage in plan.passages}
    data = {"ifid": ifid, "format": "SugarCube", "format-version": "2.37.3", "start": names[plan.start], "zoom": 1}
    parts = [
        f":: StoryTitle\n{_title(plan.title)}",
        f":: StoryData\n{json.dumps(data, indent=1)}",
        ":: StoryInit\n"
        + "\n".join([*_comments(plan), *(f"<<set ${one.name} to {one.start}>>" for one in plan.numbers)]),
    ]
    parts += [_format_passage(passage) for passage in plan.passages]
    return "\n\n\n".join(parts) + "\n"


def escape_twee(text: str) -> str:
    """Writes text so that nothing in it is markup: what could be becomes a character reference."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};" if not match[0].isalnum() else match[0], text)


def _comments(plan: StoryPlan) -> list[str]:
    lines = [line for line in plan.setting.split("\n") if line.strip()]
    lines += [f"{name} is written {key}" for name, key in plan.cast.items() if name != key]
    lines += [f"${one.name}: {one.note}" for one in plan.numbers if one.note]
    return [_comment(line) for line in lines]


def _format_passage(passage: Passage) -> str:
    tags = "beat" if passage.hub or passage.is_ending else "choices"
    place = json.dumps({"position": f"{round(passage.x)},{round(passage.y)}", "size": "100,100"})
    lines = [f":: {passage.name} [{tags}] {place}", _comment(passage.title)]
    lines += [_comment(note) for note in passage.notes]
    lines += _format_changes(passage)
    lines += escape_twee(passage.text).split("\n") if passage.text else []
    lines += [_format_line(line) for line in passage.lines]
    lines += [f'<<goto "{passage.hub}">>'] if passage.hub and not (passage.text or passage.lines) else []
    lines += [f'<<include "{passage.hub}">>'] if passage.hub and (passage.text or passage.lines) else []
    lines += [_format_way(way) for way in passage.ways]
    return "\n".join(lines)


def _format_way(way: Way) -> str:
    if way.is_forced:
        return f'<<if {_SYNTAX.ask(way.question)}>><<goto "{way.target}">><</if>>'
    link = f"[[{_label(way.label)}->{way.target}]]"
    shown = link if way.question == ALWAYS else f"<<if {_SYNTAX.ask(way.question)}>>{link}<</if>>"
    return shown + (_comment(way.note) if way.note else "")


def _format_line(line: Said) -> str:
    return f"{escape_twee(line.speaker)}: {escape_twee(line.text)}" if line.speaker else escape_twee(line.text)


def _format_changes(passage: Passage) -> list[str]:
    done = [_format_change(change) for change in passage.changes]
    if not passage.failure_changes:
        return ["".join(done)] if done else []
    question = "random(1) eq 0" if passage.success is None else _SYNTAX.ask(passage.success)
    failed = [_format_change(change) for change in passage.failure_changes]
    return ["".join([f"<<if {question}>>", *done, "<<else>>", *failed, "<</if>>"])]


def _format_change(change: Change) -> str:
    number = change.number
    value = (
        f"Math.clamp(${number.name} + {change.value}, {number.low}, {number.high})" if change.is_step else change.value
    )
    return f"<<set ${number.name} to {value}>>"


def _label(text: str) -> str:
    """Link text cannot be escaped: what would end it becomes what looks alike."""
    for sign, alike in {"->": "→", "<-": "←", "[": "(", "]": ")", "|": "/", "<": "‹", ">": "›", "$": "＄"}.items():
        text = text.replace(sign, alike)
    return text.replace("\\", "/") or "…"


def _title(text: str) -> str:
    return text.lstrip(": ") or "Untitled"


def _comment(text: str) -> str:
    return f"<!-- {text.replace('-', '‐').replace('<', '‹').replace('>', '›')} -->"
