"""The section of statements: single facts, drafted from prose or written, and how often playtests have shown each."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from core.characters.prompt import BlockOrigin
from gui import theme

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


def add_statements(form: "CharacterForm") -> None:
    """Adds the statements at the end of a form."""
    tr = form.tr
    section = form.sections.add_section("")
    field = form.add_list(
        "statements",
        tr("Statements"),
        tr("A fact that is true of them"),
        BlockOrigin.STATEMENTS,
        add_text=tr("Add a statement"),
        explanation=tr(
            "Single facts, numbered: the fidelity scores cite them. Enter adds one, Alt+Up and Alt+Down move it."
        ),
    )
    section.addWidget(field)
    if form.is_fragment:
        return
    draft = QPushButton(tr("Draft from prose…"))
    draft.setIcon(theme.icon("mdi6.text-box-search-outline", "dim"))
    draft.setToolTip(tr("Takes the description apart into single facts; you accept them one by one"))
    theme.set_kind(draft, "ghost")
    draft.clicked.connect(form.draft_requested)
    section.addWidget(draft, 0, Qt.AlignmentFlag.AlignLeft)
