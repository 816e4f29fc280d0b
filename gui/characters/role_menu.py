"""The menu that gives a character a role: one that is free, a new one, or one in a new scenario."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from core.library.scenarios import add_role, create_scenario, list_roles, list_scenarios, update_role
from gui import theme
from gui.workspace import Workspace
from models.scenario import RoleBase, ScenarioBase


class RoleGiver(QObject):
    """Fills the menu, and casts."""

    def __init__(self, workspace: Workspace, on_cast: Callable[[str], None], parent: QObject | None = None) -> None:
        """Calls `on_cast` with the id of the scenario when a role was given."""
        super().__init__(parent)
        self._workspace = workspace
        self._on_cast = on_cast

    def fill(self, menu: QMenu, character_id: str) -> None:
        """Lists every role that a character could have; nobody plays two in one scenario."""
        menu.clear()
        project = self._workspace.project
        for scenario in list_scenarios(project):
            roles = list_roles(project, scenario.id)
            if any(role.character_id == character_id for role in roles):
                continue
            free = [role for role in roles if role.character_id is None]
            for role in free:
                text = self.tr("Play %1 in %2").replace("%1", _plain(role.name or self.tr("the free role")))
                action = menu.addAction(text.replace("%2", _plain(scenario.name)))
                action.triggered.connect(
                    lambda _checked=False, role=role: self.cast(character_id, role.scenario_id, role.id)
                )
            text = self.tr("A new role in %1").replace("%1", _plain(scenario.name))
            menu.addAction(text).triggered.connect(
                lambda _checked=False, scenario=scenario: self.cast(character_id, scenario.id)
            )
        if not menu.isEmpty():
            menu.addSeparator()
        new = menu.addAction(theme.icon("mdi6.plus"), self.tr("In a new scenario"))
        new.triggered.connect(lambda: self.cast_in_new(character_id))

    def cast(self, character_id: str, scenario_id: str, role_id: str = "") -> None:
        """Gives a role of a scenario to a character; a new one when no role is named."""
        project = self._workspace.project

        def work() -> None:
            if role_id:
                update_role(project, role_id, character_id=character_id)
            else:
                add_role(project, scenario_id, RoleBase(character_id=character_id))

        if self._workspace.attempt(work):
            self._on_cast(scenario_id)

    def cast_in_new(self, character_id: str) -> None:
        """Makes a scenario with one role for a character."""
        made = []
        draft, role = ScenarioBase(name=self.tr("New scenario")), RoleBase(character_id=character_id)
        if self._workspace.attempt(lambda: made.append(create_scenario(self._workspace.project, draft, [role]))):
            self._on_cast(made[0].id)


def _plain(text: str) -> str:
    """A name may hold an ampersand, which menus take for a mnemonic."""
    return (text if len(text) <= 48 else text[:47] + "…").replace("&", "&&")
