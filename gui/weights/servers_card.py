"""Servers that may play in place of the weights on this machine. The window never waits for the network."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.app_settings import AppSettings, Server
from core.errors import UserError
from core.inference.servers.book import forget_server, remember_server
from gui import theme
from gui.task import Task
from gui.weights.card import Card, plain_label
from gui.weights.server_form import ServerForm
from gui.weights.server_row import ServerRow
from gui.workspace import Workspace


class ServersCard(Card):
    """Lists, adds, tries, uses and removes servers, one thing at a time."""

    settle_requested = Signal()
    """What plays is about to change: a turn that is being written must end."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(self.tr("Servers"))
        self._workspace = workspace
        self.task = Task("servers", self)
        self._take_result: Callable[..., None] = lambda _result: None
        self._take_fault: Callable[[UserError], None] = lambda _error: None
        self.rows: list[ServerRow] = []
        self._shown: tuple[list[Server], str] = ([], "")
        self.form = ServerForm()
        self.form.hide()
        self.open_form = QPushButton(self.tr("Add a server…"))
        self.open_form.setIcon(theme.icon("mdi6.plus"))
        self._lay_out()
        self.open_form.clicked.connect(self._toggle_form)
        self.form.asked.connect(self._ask_models)
        self.form.added.connect(self._add)
        self.task.succeeded.connect(self._on_succeeded)
        self.task.failed.connect(self._on_failed)
        self.task.ended.connect(lambda: self._set_busy(False))
        workspace.engine_changed.connect(self.show_settings)
        self.show_settings()

    def show_settings(self) -> None:
        """Lists the servers that are remembered."""
        self._workspace.attempt(lambda: self._show_rows(self._workspace.settings))

    def close_tasks(self) -> None:
        """Ends what is under way: the window closes."""
        self.task.close()

    def _lay_out(self) -> None:
        self.add(
            plain_label(
                "dim",
                self.tr(
                    "Weights may also run elsewhere: on llama-server, vLLM, Ollama, LM Studio, or any service that "
                    "speaks the OpenAI API. Then what your characters say and know is sent there. Keys are kept in "
                    "the keyring of this system."
                ),
            )
        )
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(12)
        self.add(holder)
        self.add(self.form)
        row = QHBoxLayout()
        row.addWidget(self.open_form)
        row.addStretch()
        self.add_row(row)

    def _show_rows(self, settings: AppSettings) -> None:
        if self._shown == (settings.servers, settings.server):
            return  # what a trial found stays in sight
        self._shown = (settings.servers, settings.server)
        for row in self.rows:
            row.setParent(None)
            row.deleteLater()
        self.rows = []
        for server in settings.servers:
            row = ServerRow(server, server.name.casefold() == settings.server.casefold())
            row.used.connect(self._use)
            row.tried.connect(self._try)
            row.removed.connect(self._remove)
            self._list.addWidget(row)
            self.rows.append(row)

    def _toggle_form(self) -> None:
        shown = self.form.isHidden()
        self.form.setVisible(shown)
        self.open_form.setText(self.tr("Close") if shown else self.tr("Add a server…"))
        if shown:
            self.form.address.setFocus()
        else:
            self.form.clear()

    def _ask_models(self, server: Server, key: str) -> None:
        self.form.show_note(self.tr("asking %1 …").replace("%1", server.base_url))
        self._run(lambda: _list_models(server, key), self.form.show_models, self._refuse_form)

    def _add(self, server: Server, key: str) -> None:
        def finish(_kept: object) -> None:
            self._toggle_form()
            self.show_settings()

        self._run(lambda: remember_server(server, key), finish, self._refuse_form)

    def _refuse_form(self, error: UserError) -> None:
        self.form.show_note(str(error), "fault")

    def _use(self, server: Server | None) -> None:
        """Lets a server play if it answers; None: the weights on this machine play again."""
        if server is None:
            self._change("")
            return
        row = self._row_of(server)
        row.show_note(self.tr("asking …"))
        self._run(
            lambda: _list_models(server),
            lambda _models: self._change(server.name),
            lambda error: self._row_of(server).show_note(str(error), "fault"),
        )

    def _try(self, server: Server) -> None:
        self._row_of(server).show_note(self.tr("asking for a few words …"))
        self._run(
            lambda: _try_server(server),
            lambda trial: self._row_of(server).show_trial(trial),
            lambda error: self._row_of(server).show_note(str(error), "fault"),
        )

    def _remove(self, server: Server) -> None:
        was_in_use = self._is_in_use(server)
        if was_in_use:
            self.settle_requested.emit()

        def finish(_server: object) -> None:
            if was_in_use:
                self._workspace.restart_engine()
            else:
                self.show_settings()

        self._run(
            lambda: forget_server(server.name),
            finish,
            lambda error: self._row_of(server).show_note(str(error), "fault"),
        )

    def _is_in_use(self, server: Server) -> bool:
        found: list[str] = []
        self._workspace.attempt(lambda: found.append(self._workspace.settings.server))
        return bool(found) and found[0].casefold() == server.name.casefold()

    def _change(self, name: str) -> None:
        def change(settings: AppSettings) -> None:
            settings.server = name

        self.settle_requested.emit()
        self._workspace.attempt(lambda: self._workspace.change_settings(change))
        self.show_settings()

    def _row_of(self, server: Server) -> ServerRow:
        return next(row for row in self.rows if row.server == server)

    def _run(
        self,
        work: Callable[[], object],
        on_success: Callable[..., None],
        on_fault: Callable[[UserError], None],
    ) -> None:
        if self.task.start(lambda _report, _is_cancelled: work()):
            self._take_result, self._take_fault = on_success, on_fault
            self._set_busy(True)

    def _on_succeeded(self, result: object) -> None:
        self._take_result(result)

    def _on_failed(self, error: UserError) -> None:
        self._take_fault(error)

    def _set_busy(self, busy: bool) -> None:
        self.form.set_busy(busy)
        for row in self.rows:
            for button in (row.use, row.try_out, row.remove):
                button.setEnabled(not busy)


# What asks the network is imported by the thread that asks: the window starts without it


def _list_models(server: Server, key: str = "") -> tuple[str, ...]:
    from core.inference.servers.trial import list_models

    return list_models(server, key)


def _try_server(server: Server) -> object:
    from core.inference.servers.trial import try_server

    return try_server(server)
