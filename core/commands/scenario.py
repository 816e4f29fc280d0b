"""`tableread scenario`: the world and the beats of a scenario, checked."""

from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Check the world and the beats of a scenario.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command("check")
def check_command(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A pack, the JSON document of a scenario, or a project."),
    ],
    scenario: Annotated[str | None, typer.Option(help="Which scenario of a project; the first one otherwise.")] = None,
    limit_states: Annotated[int, typer.Option(min=1, max=10_000_000, help="Stop after this many.")] = 10_000_000,
    limit_seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="Stop after this long.")] = 300.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Say what can happen in a scenario, and what is wrong with it.

    A scenario is valid when every beat can be reached, and a win and a loss. Events are all beats but the start.
    The exit status is 0 when the check ran, whether the scenario is valid or not.

    With --json: {"valid":bool,"events":int,"reachable":int,"dead":[name],"shortest_win":int|null (steps),"wins":int
    (states),"loses":int,"states":int,"findings":[{"rule","severity","kind","id","field","span":[first,last],
    "message"}]}.
    """
    from core.commands.printing import print_json
    from core.world.checker import check_story
    from core.world.exploring import Limits

    report = check_story(_read(file, scenario), Limits(limit_states, limit_seconds))
    if as_json:
        print_json(report.to_document())
    else:
        _print_report(report)


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A project, a pack, or the document of a scenario.")],
    to: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help="twee, ink, yarn or renpy.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; beside FILE otherwise.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Which scenario of a project; the first one otherwise.")] = None,
    playtest: Annotated[str | None, typer.Option(help="Playtest whose lines are told in the beats.")] = None,
) -> None:
    """Write the beats of a scenario as Twee 3, ink, Yarn Spinner or Ren'Py."""
    from core.commands.scenario_export import export

    export(file, to, out, scenario, playtest)


def _read(file: Path, scenario: str | None) -> Any:
    from core.commands.pack import open_existing
    from core.commands.play import find_scenario
    from core.interchange.files import read_file
    from core.interchange.json_text import parse_json
    from core.interchange.pack_documents import MAX_DOCUMENT_BYTES
    from core.interchange.packs import read_pack
    from core.project import SUFFIX
    from core.world.graph import Story
    from core.world.story_rows import read_story

    if file.suffix == SUFFIX:
        with closing(open_existing(file)) as project:
            row = find_scenario(project, scenario)
            with project.reading() as session:
                return read_story(session, row)
    if file.suffix == ".trpack":
        pack = read_pack(file)
        names = {character.id: (character.name, character.nickname) for character in pack.characters}
        return Story.from_document(pack.scenario.model_dump(mode="json"), names)
    return _story_of(parse_json(read_file(file, MAX_DOCUMENT_BYTES), file.name, MAX_DOCUMENT_BYTES))


def _story_of(document: Any) -> Any:
    """Reads the document of a scenario, or of a template, which has its cast beside it."""
    from core.world.graph import Story

    if not isinstance(document, dict) or "scenario" not in document:
        return Story.from_document(document, {})
    cast = document.get("characters")
    characters = [one for one in cast if isinstance(one, dict)] if isinstance(cast, list) else []
    names = {str(one.get("id")): (str(one.get("name", "")), str(one.get("nickname", ""))) for one in characters}
    return Story.from_document(document["scenario"], names)


def _print_report(report: Any) -> None:
    from core.commands.printing import console

    out = console()
    out.print("Valid" if report.valid else "Not valid", style="bold green" if report.valid else "bold yellow")
    shortest = f"the nearest win is {report.shortest_win} steps away" if report.shortest_win is not None else "no win"
    out.print(
        f"{report.n_reachable} of {report.n_events} beats after the start can be reached; {shortest}; "
        f"{report.n_states:,} states, {report.n_wins:,} won, {report.n_loses:,} lost."
    )
    styles = {"error": "red", "warning": "yellow", "note": "dim"}
    for finding in report.findings:
        out.print(f"{finding.severity.value:8} {finding.message}", style=styles[finding.severity.value])
