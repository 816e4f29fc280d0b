"""`tableread mirror`: how like people's a played speaker talks, by MirrorBench's four judges and their controls."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from core.app_settings import load_settings
from core.commands.judge_line import judge_document, print_judge
from core.commands.printing import console, print_json
from core.commands.questions import judge_of
from core.commands.replay import open_engines
from core.errors import UserError
from core.fidelity.conversation import About, Line
from core.fidelity.judged.controls import Controlled
from core.fidelity.judged.likeness import METRICS, Talk, masked_talk, retrieve_from
from core.fidelity.judged.mirror import OnStep, compare_with_people
from core.fidelity.judging.judge import Judge
from core.inference.engine_choice import local_weights
from core.interchange.conversations import Conversation, read_conversations

MIN_SPAN = 0.05
"""Of the controls; below it, the formula yields little else than 0 or 1."""


@dataclass(frozen=True, slots=True)
class MirrorRequest:
    """What was typed."""

    real: Path
    played: Path
    real_speaker: str = ""
    """Empty: who speaks first in each conversation."""
    played_speaker: str = ""
    n: int = 0
    """Pairs at most; 0: all."""
    judge: str = ""
    """Path of weights, or a server; empty: the weights that the app remembers."""
    as_json: bool = False


def mirror(request: MirrorRequest) -> None:
    """Runs the command. Raises UserError for the world's faults."""
    pairs = read_pairs(request)
    with open_engines(local_weights(load_settings())) as (engine, find), _showing_steps() as on_step:
        judge = judge_of(find(request.judge) if request.judge else engine)
        found = compare(judge, pairs, on_step)
    if request.as_json:
        print_json(document(judge, found, len(pairs)))
    else:
        show(found, len(pairs))
        print_judge(judge.identity.name, "")


def compare(judge: Judge, pairs: list[tuple[Talk, Talk]], on_step: OnStep) -> dict[str, Controlled]:
    """Judges all pairs; the people's own lines are what critiques are written beside."""
    said = [line.text for real, _ in pairs for line in real.lines if line.speaker == real.speaker]
    return dict(compare_with_people(judge, pairs, retrieve_from(said), on_step))


def read_pairs(request: MirrorRequest) -> list[tuple[Talk, Talk]]:
    """Reads both files; the first conversation of one belongs to the first of the other, and so on.

    Raises:
        UserError: A file cannot be read, has more conversations than the other, or lacks the speaker.
    """
    wanted = request.n or None
    real = [_talk(one, request.real_speaker, request.real) for one in islice(read_conversations(request.real), wanted)]
    played = [
        _talk(one, request.played_speaker, request.played) for one in islice(read_conversations(request.played), wanted)
    ]
    if len(real) != len(played):
        message = f"{request.real.name} has {len(real):,} conversations, {request.played.name} has {len(played):,}."
        raise UserError(message, "Give two files whose conversations belong together one by one, or fewer with --n.")
    return list(zip(real, played, strict=True))


def document(judge: Judge, found: dict[str, Controlled], n_pairs: int) -> dict[str, Any]:
    """Returns what --json prints."""
    return {
        **judge_document(judge.identity, ""),
        "pairs": n_pairs,
        "metrics": {
            name: {
                "mean": one.raw.mean if one.raw else None,
                "low": one.raw.low if one.raw else None,
                "high": one.raw.high if one.raw else None,
                "calibrated": one.calibrated.mean if one.calibrated else None,
                "real_real": one.real_real,
                "played_played": one.played_played,
                "n_failed": one.n_failed,
            }
            for name, one in found.items()
        },
    }


def show(found: dict[str, Controlled], n_pairs: int) -> None:
    """Prints a line for each judge."""
    out = console()
    out.print(f"{n_pairs:,} pair{'' if n_pairs == 1 else 's'}", style="bold")
    for metric in METRICS:
        one = found[metric.name]
        out.print(f"{metric.title:<38}{_said(one)}", markup=False)


def _said(one: Controlled) -> str:
    if one.raw is None:
        return "–  No pair could be judged."
    parts = [f"{one.raw.mean:.3f} [{one.raw.low:.3f}, {one.raw.high:.3f}]"]
    if one.calibrated is not None:
        parts.append(
            f"calibrated {one.calibrated.mean:.3f}" if _differ(one) else "not calibrated, as the controls meet"
        )
    parts.append(f"people {'–' if one.real_real is None else f'{one.real_real:.3f}'}")
    if one.n_failed:
        parts.append(f"{one.n_failed} not judged")
    return ", ".join(parts)


def _differ(one: Controlled) -> bool:
    """Whether the controls are far enough apart that what lies between them says something."""
    return one.real_real is not None and one.played_played is not None and one.real_real - one.played_played >= MIN_SPAN


def _talk(conversation: Conversation, speaker: str, path: Path) -> Talk:
    speakers = [name for name, _ in conversation.turns]
    wanted = speaker or (speakers[0] if speakers else "")
    if wanted not in speakers:
        raise UserError(
            f"“{wanted}” speaks not in every conversation of {path.name}."
            if speakers
            else f"{path.name} has no turns.",
            f"Choose from: {', '.join(dict.fromkeys(speakers))}." if speakers else "Choose another file.",
        )
    about = About(scene=conversation.scene or "")
    return masked_talk(about, [Line(name, text) for name, text in conversation.turns], wanted)


@contextmanager
def _showing_steps() -> Iterator[OnStep]:
    """Shows a bar on standard error while judges are asked, where somebody looks."""
    screen = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("judging", total=None)
        yield lambda n_done, n_all: progress.update(task, completed=n_done, total=n_all)
