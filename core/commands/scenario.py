"""`tableread scenario`: the world and the beats of a scenario, checked."""

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
    limit_states: Annotated[int, typer.Option(min=1, max=10_000_000, help="Stop after this many states.")] = 10_000_000,
    limit_seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="Stop after this long.")] = 300.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Say what can happen in a scenario, and what is wrong with it.

    A scenario is valid when every beat can be reached, and a win and a loss. Events are all beats but the start.
    The exit status is 0 when the check ran, whether the scenario is valid or not.

    With --json: {"valid":bool,"events":int,"reachable":int,"dead":[name],"shortest_win":int|null (steps),"wins":int
    (states),"loses":int,"states":int,"findings":[{"rule","severity","kind","id","field","span":[first character from
    0, the one after the last],"message"}]}. A search that a limit stopped says so in a finding of the rule "limit";
    then nothing is dead for sure, and valid is false.
    """
    from core.commands.printing import print_json
    from core.commands.scenario_files import read_story_file
    from core.world.checker import check_story
    from core.world.exploring import Limits

    report = check_story(read_story_file(file, scenario).story, Limits(limit_states, limit_seconds))
    if as_json:
        print_json(report.to_document())
    else:
        _print_report(report)


@app.command("export")
def export_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A project, a pack, a template, or the document of a scenario.")
    ],
    to: Annotated[str | None, typer.Option("--to", metavar="FORMAT", help="twee, ink, yarn or renpy.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; beside FILE otherwise.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Which scenario of a project; the first one otherwise.")] = None,
    playtest: Annotated[str | None, typer.Option(help="Playtest whose lines are told in the beats.")] = None,
) -> None:
    """Write the beats of a scenario as Twee 3, ink, Yarn Spinner or Ren'Py."""
    from core.commands.scenario_export import export

    export(file, to, out, scenario, playtest)


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
