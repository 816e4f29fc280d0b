"""`tableread xray`: what a turn was made from, block by block, and what came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.app_settings import load_settings
from core.commands.branch_choice import choose_path, choose_playtest, reading_project
from core.commands.printing import console, print_json
from core.commands.replay import open_engines
from core.errors import UserError
from core.fidelity.catalogue import METRICS
from core.inference.engine_choice import local_weights
from core.playtest.directing.recasting import cast_at
from core.playtest.looking_back.xray import Fate, TextBlock, Xray, take_xray
from core.playtest.record_words import KEY_WORDS, names_in
from core.playtest.script import Script
from core.project import Project
from models.playtest import Playtest, Turn

MIND_NOTES = "notes"
"""In the record of a mind: what is shown as blocks already."""


def show_xray(
    project_path: Path,
    number: int,
    character: str | None,
    playtest_id: str | None,
    branch: str | None,
    weights: Path | None,
    as_json: bool,
) -> None:
    """Runs the command. Raises UserError for the world's faults."""
    with reading_project(project_path) as project:
        playtest = choose_playtest(project, playtest_id)
        path = choose_path(project, playtest, branch)
        turn = _find_turn(path, number)
        role_id = find_role(playtest, path[: number - 1], character) if character else None
        xray = _take(project, playtest, turn, role_id, weights)
        names = _names(playtest)
    if as_json:
        print_json(xray.to_document())
    else:
        _print(console(), xray, names)


def _take(project: Project, playtest: Playtest, turn: Turn, role_id: str | None, weights: Path | None) -> Xray:
    if weights is None:
        return take_xray(project, playtest.id, turn.id or 0, role_id)
    with open_engines(local_weights(load_settings(), weights)) as (engine, find_engine):
        return take_xray(project, playtest.id, turn.id or 0, role_id, engine, find_engine)


def _find_turn(path: list[Turn], number: int) -> Turn:
    found = next((turn for turn in path if turn.number == number), None)
    if found is None:
        raise UserError(f"There is no turn {number:,}.", f"The branch has turns 1 to {path[-1].number:,}.")
    return found


def find_role(playtest: Playtest, path: list[Turn], name: str) -> str:
    """Returns the role that somebody of this name plays after a path. Raises UserError when nobody does."""
    try:
        script = cast_at(Script.model_validate(playtest.script), path)
    except ValueError as error:
        raise UserError(f"The script of “{playtest.name}” cannot be read.", "Choose another playtest.") from error
    wanted = name.strip().casefold()
    for part in script.parts:
        if wanted in {part.character.name.casefold(), part.role.name.casefold(), part.role_id.casefold()}:
            return part.role_id
    parts = [part for part in script.parts if wanted in part.character.name.casefold().split()]
    if len(parts) == 1:
        return parts[0].role_id
    names = ", ".join(part.character.name for part in script.parts)
    raise UserError(f"Nobody is called “{name}” in “{playtest.name}”.", f"The cast is {names}.")


def _names(playtest: Playtest) -> dict[str, str]:
    """Returns id -> name of roles, facts and beats."""
    try:
        return names_in(Script.model_validate(playtest.script))
    except ValueError:
        return {}


def _print(out: Console, xray: Xray, names: Mapping[str, str]) -> None:
    turn = xray.turn
    out.print(f"Turn {turn.number} · {turn.speaker}", style="bold")
    if turn.thought:
        out.print(f"(thinks) {turn.thought}", style="dim italic")
    out.print(turn.text or "(says nothing)")
    if xray.reader:
        said = "as it was read" if xray.is_rebuilt else "as it would have been read"
        about = "about " if xray.tokens_are_estimate else ""
        out.print(f"\nThe prompt of {xray.reader}, {said}: {about}{xray.n_tokens:,} tokens", style="bold")
    for block in (*xray.blocks, *xray.history, *xray.notes):
        _print_block(out, block)
    _print_fates(out, "Lore that fired", xray.lore_fired)
    _print_fates(out, "Lore that was dropped", xray.lore_dropped)
    for name, record in xray.mind.items():
        if name != MIND_NOTES:
            title = (
                "Mood, from all that was perceived so far" if name == "mood" else name.replace("_", " ").capitalize()
            )
            _print_value(out, title, record, names)
    if not xray.is_rebuilt and xray.reader and xray.reader != turn.speaker:
        out.print(f"\nWhat follows is of the turn itself, which {turn.speaker} spoke.", style="dim")
    for title, value in _rest(xray):
        _print_value(out, title, value, names)
    _print_scores(out, xray)


def _print_block(out: Console, block: TextBlock) -> None:
    out.print(f"\n── {block.origin} · {block.n_tokens:,} tokens", style="cyan")
    out.print(block.text)


def _print_fates(out: Console, title: str, fates: tuple[Fate, ...]) -> None:
    if fates:
        out.print(f"\n{title}", style="bold")
    for fate in fates:
        out.print(f"  {fate.title} ({fate.book}): {fate.why}")


def _rest(xray: Xray) -> list[tuple[str, Any]]:
    document = xray.to_document()
    if not (document["mechanics"] or {}).get("n_rounds"):
        document["mechanics"] = {}
    names = {
        "audience": "Heard by",
        "why": "Why this speaker",
        "turn_taking": "Turn-taking",
        "alarms": "Alarms",
        "learned": "Learned",
        "overheard": "Overheard by",
        "world": "World",
        "act": "Act",
        "narrator": "Narrator",
        "mechanics": "Mechanics",
        "seed": "Seed",
        "sampling": "Sampling",
        "adapters": "Adapters",
        "cost": "Cost",
    }
    return [(title, document[name]) for name, title in names.items() if document.get(name) not in (None, {}, [], "")]


def _print_value(out: Console, title: str, value: Any, names: Mapping[str, str]) -> None:
    if not isinstance(value, dict):
        out.print(Text(f"\n{title}: {_words(value, names)}"))
        return
    table = Table(title=Text(title), title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    for key, one in value.items():
        if one not in (None, "", [], {}):
            table.add_row(Text(_key(key, names), style="dim"), Text(_words(one, names)))
    out.print()
    out.print(table)


def _words(value: Any, names: Mapping[str, str]) -> str:
    """Says a value of a record in words: roles by their names, numbers short, what is empty left out."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.3g}"
        case list():
            return "; ".join(_words(one, names) for one in value) or "nobody"
        case dict():
            inside = {key: one for key, one in value.items() if one not in (None, "", [], {})}
            return ", ".join(f"{_key(key, names)} {_words(one, names)}" for key, one in inside.items())
        case _:
            return names.get(str(value), str(value))


def _key(key: str, names: Mapping[str, str]) -> str:
    return KEY_WORDS.get(key) or names.get(key) or key.replace("_", " ").removeprefix("n ")


def _print_scores(out: Console, xray: Xray) -> None:
    if not xray.scores:
        return
    out.print("\nScores", style="bold")
    for score in xray.scores:
        metric = METRICS.get(score.metric)
        value = f"{score.value:.3f}" if score.value is not None else score.reason or "none"
        unit = f" {metric.unit}" if metric is not None and score.value is not None else ""
        out.print(f"  {metric.title if metric is not None else score.metric}: {value}{unit}", markup=False)
