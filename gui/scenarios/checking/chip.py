"""The chip in the header that says how many findings there are."""

from PySide6.QtWidgets import QPushButton, QWidget

from gui import theme
from gui.scenarios.checking.checker import Verdict


class FindingsChip(QPushButton):
    """Pressed, it shows the list. Quiet while nothing is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "chip")
        self._verdict: Verdict | None = None
        self._is_checking = False
        theme.notifier.theme_changed.connect(self._draw)
        self._draw()

    def show_checking(self) -> None:
        """A check has begun; what was known stays until it is over."""
        self._is_checking = True
        self._draw()

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Shows how many findings there are; None: nothing is known yet."""
        self._verdict, self._is_checking = verdict, False
        self._draw()

    def _draw(self) -> None:
        verdict, colors = self._verdict, theme.colors()
        icon, tone = "mdi6.check-circle-outline", "good"
        if verdict is None:
            icon, tone, text = "mdi6.progress-check", "dim", self.tr("Checking…")
        elif verdict.fault:
            icon, tone, text = "mdi6.help-circle-outline", "dim", self.tr("Not checked")
        elif verdict.grave:
            tone = "fault" if any(one.severity == "error" for one in verdict.grave) else "warning"
            icon, text = "mdi6.alert-outline", self._count(verdict)
        else:
            text = self.tr("No findings") if not verdict.stopped else self.tr("None found so far")
        shown = getattr(colors, tone)
        self.setIcon(theme.icon(icon, tone))
        self.setText(text)
        self.setAccessibleName(self.tr("Checker: %1").replace("%1", text))
        self.setToolTip(
            self.tr("What the checker found") + (self.tr(" (checking again…)") if self._is_checking else "")
        )
        border = theme.mix(colors.ground, shown, 0.55)
        self.setStyleSheet(
            f"QPushButton {{ color: {shown}; border-color: {border}; }}"
            f" QPushButton:focus {{ border-color: {colors.accent}; }}"
        )

    def _count(self, verdict: Verdict) -> str:
        dead = [one for one in verdict.grave if one.rule == "unreachable"]
        if len(verdict.grave) == 1 and dead:
            return self.tr("1 beat cannot be reached")
        count = len(verdict.grave)
        return self.tr("1 finding") if count == 1 else self.tr("%1 findings").replace("%1", str(count))
