"""How often playtests have shown each statement, in a few words."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication


def use_notes(uses: Sequence[int] | None) -> list[tuple[str, str]]:
    """Returns a note and the kind of its label for each statement; nothing before the character has spoken."""
    return [_note(n_turns) for n_turns in uses or ()]


def _note(n_turns: int) -> tuple[str, str]:
    if not n_turns:
        return QCoreApplication.translate("StatementUse", "never used"), "small"
    if n_turns == 1:
        return QCoreApplication.translate("StatementUse", "used in 1 turn"), "good"
    text = QCoreApplication.translate("StatementUse", "used in %1 turns")
    return text.replace("%1", f"{n_turns:,}"), "good"
