"""Where a playtest begins, as the command line says it: a beat by its name, and what is set by hand."""

from collections.abc import Sequence

from core.commands.usage import WrongUsage
from core.errors import UserError
from core.playtest.story_rows import read_story
from core.project import Project
from core.world.effects import parse_effects
from core.world.lexer import Misread
from core.world.scope import Scope, join_words
from models.scenario import Scenario


def check_beginning(changes: Sequence[str]) -> None:
    """Raises WrongUsage for what is no KEY=VALUE or other effect in any scenario."""
    for text in changes:
        try:
            parse_effects(text)
        except Misread as error:
            raise WrongUsage(
                f"“{text}” cannot be set: {error.message}.", "Write KEY=VALUE, such as tension=3 or key.holder=Theo."
            ) from error


def find_beginning(project: Project, scenario: Scenario, beat: str | None, changes: Sequence[str]) -> tuple[str, str]:
    """Returns the id of a beat, empty for the start, and the effects that set the world.

    Raises:
        UserError: The scenario has no such beat.
    """
    if beat is None:
        return "", "\n".join(changes)
    with project.reading() as session:
        story = read_story(session, scenario)
    found = Scope(story).beat(beat)
    if found is None:
        names = join_words([f"“{one.name}”" for one in story.beats if one.name])
        raise UserError(f"There is no beat “{beat}” in “{scenario.name}”.", f"It has {names}.")
    return found.id, "\n".join(changes)
