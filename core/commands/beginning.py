"""How a playtest begins, as the command line says it: a beat by its name, what is set by hand, how the cast is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.commands.stage_options import check_rules, read_policy, split_changes, with_rules
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.story.story_rows import read_story
from core.project import Project
from core.world.effects import parse_effects
from core.world.lexer import Misread
from core.world.scope import Scope, join_words
from models.playtest import Playtest
from models.scenario import Scenario


def check_beginning(changes: Sequence[str]) -> None:
    """Raises WrongUsage for what is no KEY=VALUE, rule or other effect in any scenario."""
    check_rules(changes, None)
    for text in split_changes(changes)[1]:
        try:
            parse_effects(text)
        except Misread as error:
            raise WrongUsage(
                f"“{text}” cannot be set: {error.message}.", "Write KEY=VALUE, such as tension=3 or key.holder=Theo."
            ) from error


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a playtest begins."""

    beat_id: str
    """Empty: at the start."""
    changes: str
    """Effects that set the world."""
    rules: dict[str, Any]
    """How the cast is run otherwise than the scenario says."""
    policy: str | None

    def adapt(self, script: Script) -> Script:
        """Returns a script with the rules and the policy. Raises WrongUsage when they cannot be."""
        script = with_rules(script, self.rules)
        if self.policy is None:
            return script
        scenario = script.scenario.model_copy(update={"turn_policy": read_policy(self.policy)})
        return script.model_copy(update={"scenario": scenario})

    def start(self, project: Project, scenario_id: str, settings: PlaySettings) -> Playtest:
        """Adds the playtest. Raises UserError when the scene cannot begin like this."""
        return start_playtest(project, scenario_id, settings, self.beat_id, self.changes, self.adapt)


def find_beginning(
    project: Project, scenario: Scenario, beat: str | None, changes: Sequence[str], policy: str | None = None
) -> Beginning:
    """Returns how a playtest begins.

    Raises:
        UserError: The scenario has no such beat.
        WrongUsage: There is no such rule or policy.
    """
    rules, others = split_changes(changes)
    return Beginning(_find_beat(project, scenario, beat), "\n".join(others), rules, policy)


def _find_beat(project: Project, scenario: Scenario, beat: str | None) -> str:
    if beat is None:
        return ""
    with project.reading() as session:
        story = read_story(session, scenario)
    found = Scope(story).beat(beat)
    if found is None:
        names = join_words([f"“{one.name}”" for one in story.beats if one.name])
        raise UserError(f"There is no beat “{beat}” in “{scenario.name}”.", f"It has {names}.")
    return found.id
