"""`tableread steer`: control vectors, which push weights towards a trait."""

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(help="Make control vectors, which push weights towards a trait.", no_args_is_help=True)


@app.command("build")
def build_command(
    pairs: Annotated[Path, typer.Option(metavar="FILE.json", help="Pairs of passages, as described.")],
    out: Annotated[Path, typer.Option(metavar="FILE.gguf", help="Where the control vector goes.")],
    weights: Annotated[Path | None, typer.Option(help="GGUF file; the house weights otherwise.")] = None,
    by: Annotated[
        Literal["component", "mean"],
        typer.Option(help="The direction is the first principal component of the pairs' differences, or their mean."),
    ] = "component",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Make a control vector from pairs of passages: one with a trait, one with its opposite.

    FILE.json is a list of {"trait": PASSAGE, "opposite": PASSAGE}. A passage is a text, or a chat as a list of
    {"role","content"}; the answer at its end is what is looked at. Four pairs at least tell whether they agree; twenty
    or more make a steady direction.

    With --json: {"out","weights","architecture","n_pairs","by","n_layers","layers":
    [{"layer","gap","share","cosine"}]}. Gap: how far trait and opposite lie apart along the direction. Share: of the
    pairs that point the same way. Cosine: of the directions of two halves of the pairs, null for fewer than four pairs.
    """
    from core.commands.steer_build import build
    from core.inference.steering.control_vector import Method

    build(weights, pairs, out, Method(by), as_json)
