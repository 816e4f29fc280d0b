"""The panels beside the turn that is open: each is found here and made when it is first shown."""

import importlib
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from gui.fidelity.board import Board


@dataclass(frozen=True)
class PanelSpec:
    """Where a panel is found. Its class is made with the board."""

    key: str
    title: str
    """Translated in the context `FidelityPanels` where it is shown."""
    icon: str
    module: str
    class_name: str


PANELS: tuple[PanelSpec, ...] = (
    PanelSpec(
        "judges",
        QT_TRANSLATE_NOOP("FidelityPanels", "Judges"),
        "mdi6.gavel",
        "gui.fidelity.panels.judges.judges_panel",
        "JudgesPanel",
    ),
    PanelSpec(
        "interviews",
        QT_TRANSLATE_NOOP("FidelityPanels", "Interviews"),
        "mdi6.comment-question-outline",
        "gui.fidelity.panels.interviews.interviews_panel",
        "InterviewsPanel",
    ),
    PanelSpec(
        "own",
        QT_TRANSLATE_NOOP("FidelityPanels", "Own"),
        "mdi6.ruler",
        "gui.fidelity.panels.own.own_panel",
        "OwnPanel",
    ),
    PanelSpec(
        "audience",
        QT_TRANSLATE_NOOP("FidelityPanels", "Audience"),
        "mdi6.account-group-outline",
        "gui.fidelity.panels.trying.audience_panel",
        "AudiencePanel",
    ),
)

DETAIL_ACTIONS = "gui.fidelity.panels.detail_actions"
"""Has `install(board, card) -> list[QAction]`: what can be done to the turn that is open."""


def make_panel(spec: PanelSpec, board: Board) -> QWidget:
    """Makes a panel."""
    panel: QWidget = getattr(importlib.import_module(spec.module), spec.class_name)(board)
    return panel
