"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Weights = Annotated[Path | None, typer.Option("--weights", help="GGUF file; the house weights otherwise.")]
Playtest = Annotated[str | None, typer.Option(metavar="ID", help="Id or name of a playtest; the newest otherwise.")]
Branch = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Id of its last turn, or its name; the branch that is being played otherwise."),
]
