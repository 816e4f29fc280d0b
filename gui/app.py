"""Starts the window: look, crash hook, workspace, and the project that was open last."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from core.app_settings import AppSettings
from core.errors import UserError
from core.project import SUFFIX
from gui import theme
from gui.crash import CrashHook, log_folder
from gui.translations import install_language
from gui.window_first import put_window_first

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def run(paths: list[Path]) -> int:
    """Opens the window with these files, or as it was left; returns the exit status."""
    app = make_application()
    crash = CrashHook(app)
    try:
        crash.install()
        window = open_window(paths, crash)
    except UserError as error:
        return _show_fatal(error.message, error.hint)
    except Exception:  # noqa: BLE001 - a bug before there is a window to say it in
        crash.report(*sys.exc_info())
        return _show_fatal("Tableread could not start.", f"What went wrong is written in {log_folder()}.")
    signal.signal(signal.SIGINT, lambda _number, _frame: window.close())
    window.start()
    put_window_first(app)
    status = app.exec()
    crash.uninstall()
    return status


def make_application() -> QApplication:
    """Makes the application object, or returns the one there is."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setApplicationName("tableread")
    app.setApplicationDisplayName("Tableread")
    app.setDesktopFileName("tableread")
    app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
    app.setWindowIcon(theme.icon("mdi6.comment-text-multiple-outline", "accent"))
    return app


def open_window(paths: list[Path], crash: CrashHook) -> "MainWindow":
    """Opens the window on the Stage, with a project in it."""
    from gui.main_window import MainWindow
    from gui.workspace import Workspace

    workspace = Workspace()
    theme.apply_settings(workspace.settings)
    install_language(workspace.settings.language)
    QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: theme.apply_settings(workspace.settings))
    window = MainWindow(workspace, crash)
    projects = [path for path in paths if path.suffix == SUFFIX]
    if not (projects and window.projects.open(projects[0])):
        window.projects.open_at_start()
    window.show_place("stage")
    window.show()
    window.importer.import_files([path for path in paths if path.suffix != SUFFIX])
    return window


def _show_fatal(message: str, hint: str) -> int:
    """Says why there is no window: there is nothing else to do."""
    theme.apply_settings(AppSettings())
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Tableread", message)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(hint)
    box.exec()
    return 1
