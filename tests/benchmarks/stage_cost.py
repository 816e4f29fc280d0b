"""What a turn costs with every part of the stage at work, against the same scene with all of it off.

Both scenes are played by the director itself, on the house weights, turn by turn in turns, so that what else the
machine does falls on both. Scores are off in both: see `score_cost`.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from core.inference.request import Layout, WeightsSettings
from core.inference.weights.catalog import default_threads, house_weights
from core.inference.worker import Worker
from core.library.characters import create_character
from core.library.playtests import list_turns
from core.library.scenarios import create_scenario
from core.playtest.directing.director import Director
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase
from models.stage import EVERYTHING, PLAIN, StageRules
from tests.benchmarks.scene import report

CAST = {
    "Mara": ("I keep the light.", "I do not trust Ivo.", "I am afraid of deep water."),
    "Ivo": ("I sell lamp oil.", "I owe Nell money.", "I like to be asked."),
    "Nell": ("I run the inn.", "I saw a boat last night.", "I never lie."),
    "Theo": ("I am the ferryman.", "My brother drowned.", "I want to leave the island."),
}
WORLD = {
    "variables": [{"name": "tension", "high": 5, "is_public": True}],
    "places": [
        {"id": "room", "name": "Lamp room", "adjacent": ["pier"]},
        {"id": "pier", "name": "The pier", "adjacent": ["room"]},
    ],
    "props": [{"name": "lamp", "place": "room", "states": ["dark", "lit"]}, {"name": "key", "place": "room"}],
    "facts": [{"id": "f1", "text": "The lamp went out at nine.", "is_secret": True}],
}


def main() -> None:
    """Runs the benchmark and prints JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--threads", type=int, default=default_threads())
    arguments = parser.parse_args()
    settings = WeightsSettings(house_weights(), n_threads=arguments.threads, layout=Layout.APART)
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            name: _open(Path(folder, f"{name}.tableread"), settings, rules)
            for name, rules in (("off", PLAIN), ("on", EVERYTHING))
        }
        seconds: dict[str, list[float]] = {name: [] for name in sides}
        try:
            for _ in range(arguments.turns):
                for name, (_project, _worker, director) in sides.items():
                    seconds[name].append(_timed(director.step, director))
            a_line = {
                name: _report_side(name, project, director, seconds[name])
                for name, (project, _worker, director) in sides.items()
            }
        finally:
            for project, worker, director in sides.values():
                director.close()
                worker.close()
                project.close()
    report(
        benchmark="stage_cost",
        turns=arguments.turns,
        threads=arguments.threads,
        on_vs_off_per_line=round(a_line["on"] / a_line["off"], 2),
        on_vs_off_per_turn=round(sum(seconds["on"]) / sum(seconds["off"]), 2),
    )


def _open(path: Path, settings: WeightsSettings, rules: StageRules) -> tuple[Project, Worker, Director]:
    project = Project(path)
    roles = [
        RoleBase(name=name.lower(), goal="Find out who put out the lamp.", character_id=_add(project, name, facts))
        for name, facts in CAST.items()
    ]
    scenario = create_scenario(
        project,
        ScenarioBase(
            name="The lamp room",
            setting="Night on the island. The lamp is dark.",
            greeting="Who put out the lamp?",
            max_turns=10_000,
            world=WORLD,
            stage=rules.to_document(),
        ),
        roles,
    )
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=7, score_every=1000))
    worker = Worker(settings)
    return project, worker, Director(project, worker, playtest.id, lambda _event: None)


def _add(project: Project, name: str, facts: tuple[str, ...]) -> str:
    return create_character(project, CharacterBase(name=name, statements=list(facts))).id


def _timed(work: Callable[[], object], director: Director) -> float:
    began = perf_counter()
    work()
    director.wait()
    return perf_counter() - began


def _report_side(name: str, project: Project, director: Director, seconds: list[float]) -> float:
    """Returns seconds for each line of the cast, all that comes with it included."""
    turns = [turn for turn in list_turns(project, director.playtest_id) if turn.record.get("weights")]
    written = [turn.record["n_written_tokens"] for turn in turns]
    read = [turn.record["n_prompt_tokens"] - turn.record["n_reused_tokens"] for turn in turns]
    report(
        side=name,
        line_s=round(sum(seconds) / len(turns), 3),
        turn_s=round(statistics.mean(seconds), 3),
        slowest_s=round(max(seconds), 3),
        written_tokens=round(statistics.mean(written), 1),
        read_tokens=round(statistics.mean(read), 1),
        n_lines=len(turns),
    )
    return sum(seconds) / len(turns)


if __name__ == "__main__":
    main()
