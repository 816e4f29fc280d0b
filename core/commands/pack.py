"""`tableread pack`: scenario packs, built, shown and imported."""

from contextlib import closing
from pathlib import Path

from core.commands.play import find_scenario
from core.commands.printing import console, print_json
from core.errors import UserError
from core.interchange.packs import build_pack, describe_pack, import_pack, read_pack
from core.library.playtests import list_playtests
from core.library.scenarios import get_scenario
from core.project import Project


def build(
    project_path: Path,
    out: Path,
    scenario_name: str | None,
    playtests: bool,
    licence: str | None,
    authors: list[str] | None,
) -> None:
    """Writes a scenario of a project as a pack."""
    with closing(open_existing(project_path)) as project:
        scenario = find_scenario(project, scenario_name)
        chosen = [row.id for row in list_playtests(project, scenario.id)] if playtests else None
        build_pack(project, scenario.id, out, chosen, licence, authors)
    console().print(f"Wrote {out}")


def show(path: Path, as_json: bool) -> None:
    """Checks a pack and says what is in it."""
    described = describe_pack(read_pack(path))
    if as_json:
        print_json(described)
        return
    out = console()
    out.print(described["scenario"]["name"], style="bold")
    for role in described["cast"]:
        out.print(f"  {role['role'] or 'role'}: {role['character'] or 'nobody yet'}")
    for playtest in described["playtests"]:
        out.print(f"  playtest {playtest['name']}: {playtest['turns']} turns")


def import_into(path: Path, project_path: Path) -> None:
    """Imports a pack; a project that had to be made is removed again when the pack is refused."""
    pack = read_pack(path)
    is_new = not project_path.exists()
    with closing(Project(project_path)) as project:
        try:
            scenario_id = import_pack(project, pack)
        except UserError:
            if is_new:
                project.path.unlink(missing_ok=True)
            raise
        scenario = get_scenario(project, scenario_id)
        console().print(f"Imported “{scenario.name if scenario else ''}” into {project.path}")


def open_existing(path: Path) -> Project:
    """Opens a project that must be there. Raises UserError otherwise."""
    if not path.exists():
        raise UserError(f"{path} does not exist.", "Check the name.")
    return Project(path)
