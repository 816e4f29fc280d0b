"""`tableread population`: many characters from a sentence, into a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.authoring.population.keeping import add_population, keep_state, recall_state
from core.authoring.population.run import Accepted, PopulationRun, count_quota
from core.authoring.population.run_state import PopulationState
from core.authoring.population.words import Reading, read_population
from core.commands.printing import console, print_json, print_warnings
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.library.characters import list_characters
from core.project import Project

KEEP_EVERY = 25
"""People after which an unfinished run is kept."""


@dataclass(frozen=True, slots=True)
class PopulationRequest:
    """What to write and where."""

    words: str | None
    """None: go on with the run that was cancelled."""
    project: Path
    seed: int
    as_json: bool


def write_population(request: PopulationRequest) -> None:
    """Writes the people and adds them to the project as one undo step. Interrupted, the run is kept.

    A project that is not there yet is made only after the words were understood and the plan can be met.
    """
    reading = None if request.words is None else _read(request.words, request.as_json)
    if reading is not None:
        PopulationRun(PopulationState(plan=reading.plan, seed=request.seed))
    elif not request.project.exists():
        raise WrongUsage("No run was cancelled there: the project does not exist.", "Say what people to write.")
    project = Project(request.project)
    try:
        state = _recall(project) if reading is None else PopulationState(plan=reading.plan, seed=request.seed)
        _run(project, state, request)
        add_population(project, state)
        keep_state(project, None)
        _summarise(state, reading.unread if reading is not None else (), request)
    finally:
        project.close()


def _read(words: str, as_json: bool) -> Reading:
    reading = read_population(words)
    for piece in reading.unread if as_json else ():
        print_json({"event": "not_understood", "words": piece})
    print_warnings([f"Not understood: “{piece}”." for piece in reading.unread])
    return reading


def _recall(project: Project) -> PopulationState:
    kept = recall_state(project)
    if kept is None:
        raise WrongUsage("No run was cancelled in this project.", "Say what people to write.")
    return kept


def _run(project: Project, state: PopulationState, request: PopulationRequest) -> None:
    names = frozenset(character.name for character in list_characters(project))
    try:
        for event in PopulationRun(state, names):
            _report(event, request.as_json)
            if isinstance(event, Accepted) and event.number % KEEP_EVERY == 0:
                keep_state(project, state)
    except KeyboardInterrupt:
        keep_state(project, state)
        raise UserError(
            f"Cancelled after {len(state.accepted):,} of {state.plan.n_people:,}.", "--resume goes on with it."
        ) from None


def _report(event: Any, as_json: bool) -> None:
    accepted = isinstance(event, Accepted)
    if as_json:
        what = {"name": event.character.name} if accepted else {"rule": event.rule, "why": event.why}
        print_json({"event": "accepted" if accepted else "rejected", "person": event.number + 1} | what)
    elif accepted:
        console().print(f"{event.number + 1:>5}  {event.character.name}: {event.character.summary}")


def _summarise(state: PopulationState, unread: Sequence[str], request: PopulationRequest) -> None:
    people = state.characters()
    quotas = [
        {
            "about": quota.about.value,
            "word": quota.name,
            "wanted": float(quota.part_of(state.plan.n_people) * state.plan.n_people),
            "there": count_quota(quota, people),
        }
        for quota in state.plan.quotas
    ]
    if request.as_json:
        end = {"event": "end", "people": len(people), "quotas": quotas, "rejected": state.reasons()}
        end["not_understood"] = list(unread)
        print_json(end | {"project": str(request.project)})
        return
    out = console()
    for quota in quotas:
        out.print(f"{quota['word']}: {quota['there']} (wanted {quota['wanted']:g})")
    for rule, count in state.reasons().items():
        out.print(f"Rejected {count} times: {rule}")
    out.print(f"Added {len(people):,} {state.plan.noun} to {request.project}")
