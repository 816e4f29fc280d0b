"""One branch of a playtest, read for people, as Markdown or plain text.

Words of a playtest come from strangers and from weights. In Markdown they may be italic or bold, but no picture, link
target or HTML of theirs is ever alive. Control characters, which a terminal would obey, are taken out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlmodel import col, select

from core.errors import UserError
from core.interchange.files import write_file
from core.library.labels import list_labels
from core.library.playtests import get_playtest, list_scores, list_turns
from core.playtest.directing.acts import describe_act
from core.playtest.directing.stopping import Ending
from core.playtest.script import Script
from core.playtest.tree import path_to
from core.project import Project
from models.branch_score import BranchScore
from models.judge import Judge
from models.label import Label
from models.playtest import Playtest, SpeakerKind, Turn
from models.score import Score

_OfTurn = TypeVar("_OfTurn", Score, Label)
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of everything after them."""
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029\x85]")
_MARKUP = re.compile(r"[\\`\[\]<>&|~$_]")
_MARKUP_AND_EMPHASIS = re.compile(r"[\\`\[\]<>&|~$_*]")
_LINE_START = re.compile(r"^(?:[#+=:-]|\*(?=[\s*]|$)|\d{1,9}(?=[.)](?:\s|$)))", re.MULTILINE)
_ENDINGS: dict[str, str] = {
    Ending.CAP: "at the turn limit",
    Ending.NATURAL: "they took their leave",
    Ending.LOOP: "they repeated themselves",
    Ending.EMPTY: "nobody said anything more",
    Ending.GOALS: "every goal was reached",
    Ending.USER: "the user ended it",
    Ending.WON: "won",
    Ending.LOST: "lost",
    Ending.ENDED: "neither won nor lost",
    Ending.AWAY: "everybody had left the scene",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the cast."""

    name: str
    role: str
    summary: str


@dataclass(frozen=True, slots=True)
class Said:
    """A turn and its scores, in order of their making."""

    number: int
    speaker: str
    kind: SpeakerKind
    text: str
    thought: str | None
    origin: str
    scores: tuple[Score, ...]
    labels: tuple[Label, ...] = ()
    """What people said of it."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A branch of a playtest with all that explains it."""

    title: str
    scenario: str
    setting: str
    cast: tuple[Member, ...]
    facts: tuple[tuple[str, str], ...]
    """(what, value): weights, seed, sampling, when."""
    turns: tuple[Said, ...]
    judges: tuple[Judge, ...] = ()
    """Who gave the judged scores among them."""
    branch_scores: tuple[BranchScore, ...] = ()
    """Of all that a speaker said on this branch, and of the branch as a whole; oldest first."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Role id -> name."""


def read_transcript(project: Project, playtest_id: str, head_id: int | None = None) -> Transcript:
    """Reads a branch of a playtest.

    Args:
        head_id: The last turn of the branch; None: the branch being played.

    Raises:
        UserError: The playtest is gone.
    """
    playtest = get_playtest(project, playtest_id)
    if playtest is None:
        raise UserError("This playtest is not in the project any more.", "Undo may bring it back.")
    turns = path_to(list_turns(project, playtest_id), playtest.head_id if head_id is None else head_id)
    scores = _by_turn(list_scores(project, playtest_id))
    labels = _by_turn(list_labels(project, playtest_id))
    branch_scores = _list_branch_scores(project, playtest_id, {turn.id or 0 for turn in turns})
    judge_ids = {score.judge_id for turn in turns for score in scores.get(turn.id or 0, ()) if score.judge_id}
    judge_ids |= {score.judge_id for score in branch_scores if score.judge_id}
    script = _read_script(playtest)
    names = {part.role_id: part.character.name for part in script.parts} if script is not None else {}
    return Transcript(
        title=playtest.name,
        scenario=script.scenario.name if script else "",
        setting=script.scenario.setting if script else "",
        cast=_read_cast(script),
        facts=(*_read_facts(playtest, turns), *_read_rules(script, names), *_read_ending(playtest, turns)),
        turns=tuple(
            _read_turn(turn, scores.get(turn.id or 0, []), labels.get(turn.id or 0, []), names) for turn in turns
        ),
        judges=_read_judges(project, judge_ids),
        branch_scores=branch_scores,
        names=names,
    )


def format_markdown(transcript: Transcript, *, thoughts: bool = False) -> str:
    """Formats a transcript as Markdown.

    Args:
        thoughts: Whether the private thoughts of the characters are shown.
    """
    parts = [f"# {_heading(transcript.title)}"]
    if transcript.scenario:
        parts.append(f"**{_heading(transcript.scenario)}**")
    if transcript.setting.strip():
        parts.append(_markdown(transcript.setting))
    if transcript.cast:
        parts += ["## Cast", "\n".join(f"- {_markdown_member(member)}" for member in transcript.cast)]
    if transcript.facts:
        parts += ["## Settings", "\n".join(f"- {what}: {_heading(value)}" for what, value in transcript.facts)]
    parts.append("## Transcript")
    for turn in transcript.turns:
        parts.append(f"**{turn.number}. {_heading(turn.speaker)}**")
        if thoughts and turn.thought:
            parts.append(_quote(f"(thinks) {_markdown(turn.thought)}"))
        parts.append(_markdown(turn.text) or "(says nothing)")
    return "\n\n".join(parts) + "\n"


def format_text(transcript: Transcript, *, thoughts: bool = False) -> str:
    """Formats a transcript as plain text: names stand at the left edge, words are indented.

    Args:
        thoughts: Whether the private thoughts of the characters are shown.
    """
    title = one_line(transcript.title)
    parts = [f"{title}\n{'=' * len(title)}"]
    about = [text for text in (one_line(transcript.scenario), clean_text(transcript.setting).strip()) if text]
    parts += ["\n".join(about)] if about else []
    if transcript.cast:
        parts.append("Cast\n" + "\n".join(f"  {_text_member(member)}" for member in transcript.cast))
    if transcript.facts:
        parts.append("Settings\n" + "\n".join(f"  {what}: {one_line(value)}" for what, value in transcript.facts))
    for turn in transcript.turns:
        lines = [f"[{turn.number}] {one_line(turn.speaker)}"]
        if thoughts and turn.thought:
            lines.append(_indent(f"(thinks) {clean_text(turn.thought).strip()}"))
        lines.append(_indent(clean_text(turn.text).strip() or "(says nothing)"))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def write_transcript(path: Path, transcript: Transcript, *, thoughts: bool = False, overwrite: bool = False) -> None:
    """Writes a transcript in the format that the suffix names: `.md` or `.txt`."""
    formats = {".md": format_markdown, ".txt": format_text}
    if path.suffix.lower() not in formats:
        raise UserError(f"{path.name} should end in .md or .txt.", "Choose the format by the end of the name.")
    text = formats[path.suffix.lower()](transcript, thoughts=thoughts)
    write_file(path, text.encode("utf-8", errors="replace"), overwrite=overwrite)


def clean_text(text: str) -> str:
    """Takes out what is not meant to be read, and ends all lines alike."""
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Puts a name or a label on one line."""
    return " ".join(clean_text(text).split())


def escape_markdown(text: str) -> str:
    """Makes text mean itself in Markdown, but for emphasis with `*`, which is how actions are written."""
    lines = (line.strip(" \t") for line in clean_text(text).split("\n"))
    escaped = _MARKUP.sub(r"\\\g<0>", "\n".join(lines))
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0][0].isdigit() else f"\\{match[0]}"


def _markdown(text: str) -> str:
    """Escapes text and keeps its line breaks."""
    paragraphs = re.split(r"\n{2,}", escape_markdown(text).strip("\n"))
    return "\n\n".join(paragraph.replace("\n", "\\\n") for paragraph in paragraphs)


def _heading(text: str) -> str:
    return _LINE_START.sub(_escape_start, _MARKUP_AND_EMPHASIS.sub(r"\\\g<0>", one_line(text)))


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _indent(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.split("\n"))


def _markdown_member(member: Member) -> str:
    role = f" as {_heading(member.role)}" if member.role else ""
    return f"**{_heading(member.name)}**{role}" + (f": {_heading(member.summary)}" if member.summary else "")


def _text_member(member: Member) -> str:
    role = f" as {one_line(member.role)}" if member.role else ""
    return one_line(member.name) + role + (f": {one_line(member.summary)}" if member.summary else "")


def _read_script(playtest: Playtest) -> Script | None:
    try:
        return Script.model_validate(playtest.script)
    except ValidationError:
        return None


def _read_cast(script: Script | None) -> tuple[Member, ...]:
    if script is None:
        return ()
    return tuple(Member(part.character.name, part.role.name, part.character.summary) for part in script.parts)


def _read_turn(turn: Turn, scores: Sequence[Score], labels: Sequence[Label], names: Mapping[str, str]) -> Said:
    text = describe_act(turn, names) if turn.kind == SpeakerKind.DIRECTOR else turn.text
    origin = turn.origin.value
    return Said(turn.number, turn.speaker, turn.kind, text, turn.thought, origin, tuple(scores), tuple(labels))


def _list_branch_scores(project: Project, playtest_id: str, turn_ids: Set[int]) -> tuple[BranchScore, ...]:
    """Returns the scores whose last turn lies on a branch."""
    query = select(BranchScore).where(BranchScore.playtest_id == playtest_id).order_by(col(BranchScore.id))
    with project.reading() as session:
        return tuple(score for score in session.exec(query) if score.head_id in turn_ids)


def _read_judges(project: Project, ids: Set[str]) -> tuple[Judge, ...]:
    with project.reading() as session:
        return tuple(session.exec(select(Judge).where(col(Judge.id).in_(ids)).order_by(col(Judge.name))))


def _by_turn(rows: Iterable[_OfTurn]) -> dict[int, list[_OfTurn]]:
    found: dict[int, list[_OfTurn]] = {}
    for row in rows:
        found.setdefault(row.turn_id, []).append(row)
    return found


def _read_facts(playtest: Playtest, turns: Sequence[Turn]) -> Iterator[tuple[str, str]]:
    records = [turn.record for turn in turns if turn.record]
    weights = [record["weights"] for record in records if isinstance(record.get("weights"), dict)]
    for used in _distinct([*weights, *([playtest.weights] if playtest.weights and not weights else [])]):
        yield "Weights", _describe_weights(used)
    yield "Began", playtest.created_at[:16].replace("T", " ") + " UTC"
    for key, value in playtest.settings.items():
        if isinstance(value, str | int | float):
            yield key.replace("_", " ").capitalize(), str(value)
    for key, what in (("n_threads", "Threads"), ("n_ctx", "Context in tokens"), ("gpu", "GPU")):
        values = _distinct(record[key] for record in records if record.get(key))
        if values:
            yield what, ", ".join(str(value) for value in values)
    if any(record.get("safe_mode") for record in records):
        yield "Safe mode", "yes"
    n_tokens = sum(n for record in records if isinstance(n := record.get("n_written_tokens"), int))
    if n_tokens:
        yield "Tokens written", f"{n_tokens:,}"


def _read_rules(script: Script | None, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields how turns were taken, and each rule that is not as it is by default."""
    if script is None:
        return
    yield "Whose turn", script.scenario.turn_policy.value.replace("_", " ")
    changed = [
        (f"Rule {part}.{name}", _say_rule(value, names))
        for part, values in script.rules.to_document().items()
        for name, value in values.items()
    ]
    yield from changed or [("Rules", "all as they are by default")]


def _say_rule(value: Any, names: Mapping[str, str]) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_say_rule(one, names) for one in value)
        case dict():
            return "; ".join(f"{names.get(key, key)}: {_say_rule(one, names)}" for key, one in value.items())
        case _:
            return names.get(str(value), str(value))


def _read_ending(playtest: Playtest, turns: Sequence[Turn]) -> Iterator[tuple[str, str]]:
    """Yields why it ended; of what may go on, how far it was played."""
    if playtest.ended:
        why = f" ({playtest.ended_why})" if playtest.ended_why else ""
        yield "Ended", _ENDINGS.get(playtest.ended, playtest.ended) + why
    elif turns:
        yield "Ended", f"not yet, it was played to turn {turns[-1].number:,}"


def _distinct(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _describe_weights(weights: dict[str, Any]) -> str:
    name, sha256, size_bytes = weights.get("name"), weights.get("sha256"), weights.get("size_bytes")
    server = f", on a server ({weights['server']})" if weights.get("server") else ""
    size = f", {size_bytes / 1e6:,.0f} MB" if isinstance(size_bytes, int) and size_bytes else ""
    return f"{name or 'unknown'}{server}{size}" + (f", SHA-256 {str(sha256)[:16]}…" if sha256 else "")
