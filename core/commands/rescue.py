"""`tableread rescue`: what can be read of a damaged project, in a new file."""

from pathlib import Path

from core.commands.printing import console, print_json
from core.errors import UserError
from core.safekeeping.rescue import rescue, rescued_path


def run_rescue(project: Path, out: Path | None, as_json: bool) -> None:
    """Runs the command. Raises UserError when nothing can be read."""
    if not project.is_file():
        raise UserError(f"There is no file {project}.", "Check the path.")
    rescued = rescue(project, out or rescued_path(project))
    if as_json:
        print_json(
            {
                "project": str(rescued.path),
                "saved": {table: count for table, count in rescued.saved.items() if count},
                "lost": {table: count for table, count in rescued.lost.items() if count},
                "may_lack_more": rescued.may_lack_more,
                "history": rescued.has_history,
            }
        )
        return
    console().print(f"{rescued.sentence()} It is in {rescued.path}; {project.name} is as it was.")
