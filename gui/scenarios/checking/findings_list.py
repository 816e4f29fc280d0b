"""What the checker found, as a list: each line shows what it is about."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui import theme
from gui.scenarios.checking.checker import N_STATES, Problem, Verdict
from gui.scenarios.open_story import OpenStory

_ICONS = {
    "error": ("mdi6.alert-circle-outline", "fault"),
    "warning": ("mdi6.alert-outline", "warning"),
    "note": ("mdi6.information-outline", "dim"),
}
MAX_WIDTH_PX = 880


class FindingsList(QWidget):
    """Enter or a click goes to the culprit."""

    chosen = Signal(object)
    """A Problem whose culprit is to be shown."""

    def __init__(self, story: OpenStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._story = story
        self.title = QLabel()
        theme.set_kind(self.title, "subtitle")
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        theme.set_kind(self.summary, "small")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Findings"))
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._on_chosen)
        self.list.itemActivated.connect(self._on_chosen)
        inner = QWidget()
        inner.setMaximumWidth(MAX_WIDTH_PX)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.summary)
        column.addSpacing(8)
        column.addWidget(self.list, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 20, 24, 16)
        outer.addWidget(inner)
        self.setFocusProxy(self.list)
        self.show_verdict(None)

    def problems(self) -> list[Problem]:
        """Returns what is listed."""
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Shows what was found; None: nothing is known yet."""
        self.list.clear()
        if verdict is None:
            self.title.setText(self.tr("Checking…"))
            self.summary.setText("")
            return
        self.title.setText(_title(self, verdict))
        self.summary.setText(_summary(self, verdict, len(self._story.graph.beats)))
        for problem in verdict.problems:
            icon, color = _ICONS.get(problem.severity, _ICONS["note"])
            name = self._name_of(problem)
            quoted = name.partition(" ")[2]
            says_it = not quoted or quoted.strip("“”") in problem.message
            text = problem.message if says_it else f"{name}: {problem.message}"
            item = QListWidgetItem(theme.icon(icon, color), text)
            item.setData(Qt.ItemDataRole.UserRole, problem)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{problem.severity}. {name}. {problem.message}")
            item.setToolTip(self.tr("Show it"))
            self.list.addItem(item)

    def _name_of(self, problem: Problem) -> str:
        """What the finding is about, as the author calls it."""
        graph, world = self._story.graph, self._story.world
        match problem.kind:
            case "beat" if problem.id in graph.beats:
                return self.tr("Beat “%1”").replace("%1", graph.beats[problem.id].name or self.tr("unnamed"))
            case "link" if problem.id in graph.links:
                link = graph.links[problem.id]
                ends = [graph.beats[key].name or self.tr("unnamed") for key in (link.from_id, link.to_id)]
                return self.tr("Way from “%1” to “%2”").replace("%1", ends[0]).replace("%2", ends[1])
            case "role":
                return next(
                    (self.tr("Role %1").replace("%1", one.name) for one in self._story.roles if one.id == problem.id),
                    "",
                )
            case "fact":
                text = next((fact.text for fact in world.facts if fact.id == problem.id), "")
                return self.tr("Fact “%1”").replace("%1", text[:80]) if text else ""
            case "place":
                name = next((place.name for place in world.places if place.id == problem.id), "")
                return self.tr("Place %1").replace("%1", name) if name else ""
            case "variable":
                return self.tr("Variable %1").replace("%1", problem.id)
            case "prop":
                return self.tr("Prop %1").replace("%1", problem.id)
        return ""

    def _on_chosen(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _title(widget: QWidget, verdict: Verdict) -> str:
    if verdict.fault:
        return widget.tr("Not checked")
    count, n_notes = len(verdict.grave), len(verdict.problems) - len(verdict.grave)
    if count:
        said = widget.tr("%1 findings").replace("%1", str(count)) if count > 1 else widget.tr("1 finding")
    else:
        said = widget.tr("Nothing is wrong") if not verdict.stopped else widget.tr("Nothing was found so far")
    if not n_notes:
        return said
    notes = widget.tr("%1 notes").replace("%1", str(n_notes)) if n_notes > 1 else widget.tr("1 note")
    return f"{said} · {notes}"


def _summary(widget: QWidget, verdict: Verdict, n_beats: int) -> str:
    """`n_beats`: all of them; the checker does not count where the scene starts."""
    if verdict.fault:
        return verdict.fault
    if not verdict.n_events and not verdict.n_states:
        return widget.tr("The scenario has no beats: it plays freely, and there is nothing to search.")
    n_starts = max(0, n_beats - verdict.n_events)
    words = [
        widget.tr("%1 of %2 beats can be reached.")
        .replace("%1", str(verdict.n_reachable + n_starts))
        .replace("%2", str(verdict.n_events + n_starts)),
        widget.tr("%1 states were searched.").replace("%1", f"{verdict.n_states:,}"),
    ]
    if verdict.shortest_win is not None:
        words.append(widget.tr("The nearest win is %1 steps away.").replace("%1", str(verdict.shortest_win)))
    if verdict.stopped == "states":
        words.append(
            widget.tr("The limit of %1 states was reached: the rest is not known.").replace("%1", f"{N_STATES:,}")
        )
    elif verdict.stopped:
        words.append(widget.tr("Time was over before all states were seen: the rest is not known."))
    return " ".join(words)
