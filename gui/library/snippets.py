"""The pieces of text in which something was found, read when they are first looked at."""

from PySide6.QtCore import QObject, QTimer, Signal

from core.library.search import Hit, read_hits
from core.library.search_query import Query
from gui.workspace import Workspace


class Snippets(QObject):
    """Reads what is painted, many at a time, off the window's thread."""

    loaded = Signal()
    """Some that were asked for are there: paint again."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._query = Query()
        self._hits: dict[int, Hit | None] = {}
        self._wanted: list[int] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read)

    def show_query(self, query: Query) -> None:
        """Begins another search; the texts may have changed too."""
        self._query = query
        self._hits.clear()
        self._wanted.clear()

    def find(self, document_id: int) -> Hit | None:
        """Returns the piece of a text, or None while it is being read."""
        if document_id not in self._hits:
            self._hits[document_id] = None
            self._wanted.append(document_id)
            self._timer.start(0)
        return self._hits[document_id]

    def _read(self) -> None:
        query, wanted, project = self._query, self._wanted, self._workspace.project
        self._wanted = []

        def keep(hits: list[Hit]) -> None:
            if query is self._query:
                self._hits.update({hit.document_id: hit for hit in hits})
                self.loaded.emit()

        self._workspace.jobs.run(lambda: read_hits(project, query, wanted), keep)
