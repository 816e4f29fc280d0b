"""A playtest as a file: a report with charts, or its transcript."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.interchange.playtest_charts import make_charts
from core.interchange.report import write_report
from core.interchange.transcript import read_transcript, write_transcript
from core.project import Project
from gui.widgets.ask import ask_save_file, file_name
from gui.widgets.report_pdf import write_pdf
from gui.workspace import Workspace

REPORT_SUFFIX = ".html"
PDF_SUFFIX = ".pdf"


def ask_playtest_export(
    parent: QWidget, workspace: Workspace, playtest_id: str, name: str, on_written: Callable[[Path], object]
) -> None:
    """Asks for a file and writes the playtest to it, as its suffix says."""
    translate = QCoreApplication.translate
    filters = translate(
        "PlaytestExport",
        "Report with charts (*.html);;Report on paper (*.pdf);;"
        "Transcript, Markdown (*.md);;Transcript, plain text (*.txt)",
    )
    title = translate("PlaytestExport", "Export playtest")
    suggestion = f"{file_name(name)}{REPORT_SUFFIX}"
    ask_save_file(
        parent, title, filters, suggestion, lambda path: export_playtest(workspace, playtest_id, path, on_written)
    )


def export_playtest(workspace: Workspace, playtest_id: str, path: Path, on_written: Callable[[Path], object]) -> None:
    """Writes a playtest off the window's thread; the dialog has asked before replacing."""
    project = workspace.project
    workspace.jobs.run(lambda: write_playtest(project, playtest_id, path), lambda _result: on_written(path))


def write_playtest(project: Project, playtest_id: str, path: Path) -> None:
    """Writes a playtest as the end of the name says. Any thread."""
    transcript = read_transcript(project, playtest_id)
    if path.suffix.lower() == REPORT_SUFFIX:
        write_report(path, transcript, make_charts(transcript), overwrite=True)
    elif path.suffix.lower() == PDF_SUFFIX:
        write_pdf(path, transcript, make_charts(transcript))
    else:
        write_transcript(path, transcript, thoughts=True, overwrite=True)
