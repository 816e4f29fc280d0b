"""Makes a control vector from pairs of passages, and says how well they agree."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from core.app_settings import load_settings
from core.commands.printing import console, print_json
from core.errors import UserError
from core.inference.engine_choice import local_weights
from core.inference.steering.contrast import build_control_vector, parse_pairs, steadiness
from core.inference.steering.control_vector import Method
from core.inference.steering.control_vector_file import save_control_vector
from core.inference.worker import Worker
from core.interchange.files import check_place

UNSTEADY = 0.9
"""Halves of the pairs that agree less make a direction that more pairs would still move (methods 2.35)."""


def build(weights: Path | None, pairs_file: Path, out: Path, method: Method, as_json: bool) -> None:
    """Runs `tableread steer build`. Raises UserError for the world's faults."""
    pairs = parse_pairs(pairs_file)
    if out.suffix != ".gguf":
        raise UserError(f"{out.name} does not end in .gguf.", "Name the file so: other programs look for it.")
    check_place(out)
    with closing(Worker(local_weights(load_settings(), weights))) as worker:
        contrast = build_control_vector(worker, pairs, method)
        name = worker.info.name
    save_control_vector(contrast.vector, out)
    if as_json:
        print_json(
            {
                "out": str(out),
                "weights": name,
                "architecture": contrast.vector.architecture,
                "n_pairs": len(pairs),
                "by": method.value,
                "n_layers": contrast.vector.n_layers,
                "layers": [asdict(report) for report in contrast.layers],
            }
        )
        return
    say = console().print
    say("layer    gap  share  cosine of halves")
    for report in contrast.layers:
        cosine = "" if report.cosine is None else f"{report.cosine:.2f}"
        say(f"{report.layer:5}  {report.gap:5.2f}  {report.share:5.0%}  {cosine}")
    say(f"{len(pairs)} pairs, read by {name}: {out}")
    steady = steadiness(contrast.layers)
    if steady is None or steady < UNSTEADY:
        more = "More pairs" if method is Method.MEAN else "More pairs, or --by mean,"
        say(f"{more} would make the direction steadier.", style="yellow")
