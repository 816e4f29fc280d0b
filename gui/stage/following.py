"""Who would act next in the open playtest, as far as is known without asking the weights."""

from core.playtest.directing.director import Director
from core.playtest.directing.who_next import next_speaker
from core.playtest.script import Script
from core.project import Project
from gui.stage.reading import StageTurn, read_whole_turns

WHOLE_TURNS = 12
"""Beside one a member of the cast, so many of the last turns are read whole: who waits to speak is in their records."""


def find_next(
    script: Script, path: list[StageTurn], director: Director | None, project: Project
) -> tuple[str, str, str] | None:
    """Returns id, name and why; None before the greeting. Id and name are empty where the cast or the user decides."""
    if not path and has_greeting(script):
        return None
    if director is not None:
        return director.next_speaker()  # who is away it knows
    last = read_whole_turns(project, [turn.id for turn in path[-WHOLE_TURNS - len(script.parts) :]])
    found = next_speaker(script, [last.get(turn.id) or turn for turn in path])  # type: ignore[misc]
    return (found.part.role_id, found.part.character.name, found.why) if found.part else ("", "", found.why)


def has_greeting(script: Script) -> bool:
    """Whether something is said before anybody acts."""
    return bool(script.scenario.greeting.strip()) or any(part.character.greeting.strip() for part in script.parts)
