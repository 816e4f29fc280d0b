"""Searches while somebody types: each search as a job, and only the last one counts."""

from PySide6.QtCore import QObject, QTimer, Signal

from core.library.search import Found, search
from core.library.search_query import Query, parse_query
from gui.workspace import Workspace

DELAY_MS = 40
Places = dict[str, tuple[int, Found]]
"""Id of what was found -> its place among them, the best first, and how it was found."""


class Finder(QObject):
    """Finds what was typed."""

    found = Signal(object, object)
    """The Query, and Places; None when nothing is searched."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._number = 0
        self._query = Query()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._search)

    @property
    def query(self) -> Query:
        """What is searched."""
        return self._query

    def search(self, text: str) -> None:
        """Searches soon for what was typed."""
        query = parse_query(text)
        if query != self._query:
            self._query = query
            self._timer.start()

    def search_again(self) -> None:
        """Something changed in the project."""
        if self._query.terms:
            self._timer.start()

    def _search(self) -> None:
        self._number += 1
        number, query, project = self._number, self._query, self._workspace.project

        def work() -> Places | None:
            is_wanted = query.terms and number == self._number
            return {one.id: (place, one) for place, one in enumerate(search(project, query))} if is_wanted else None

        def show(found: Places | None) -> None:
            if number == self._number:
                self.found.emit(query, found)

        self._workspace.jobs.run(work, show)
