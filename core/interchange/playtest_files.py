"""Everything that one playtest has to show, as files in a folder."""

from pathlib import Path

from core.interchange.files import make_folder, write_file
from core.interchange.packs import SUFFIX, build_pack
from core.interchange.playtest_charts import make_charts, metrics_to_chart
from core.interchange.report import write_report
from core.interchange.transcript import read_transcript, write_transcript
from core.project import Project
from models.playtest import Playtest

PROJECT_COPY = "project.tableread"


def write_playtest_files(project: Project, playtest: Playtest, folder: Path) -> None:
    """Writes transcript, charts, report and pack of a playtest, and the project if it is not in the folder.

    Raises:
        UserError: The folder cannot be written. What was written until then stays.
    """
    make_folder(folder / "charts")
    transcript = read_transcript(project, playtest.id)
    for suffix in (".md", ".txt"):
        write_transcript(folder / f"transcript{suffix}", transcript, thoughts=True)
    metrics = metrics_to_chart(transcript)
    charts = make_charts(transcript, metrics)
    for name, chart in zip(metrics, charts, strict=True):
        write_file(folder / "charts" / f"{name}.svg", chart.svg.encode())
    write_report(folder / "report.html", transcript, charts)
    if playtest.scenario_id is not None:
        build_pack(project, playtest.scenario_id, folder / f"scenario{SUFFIX}", [playtest.id])
    if project.path.parent != folder.resolve():
        project.copy_to(folder / PROJECT_COPY)
