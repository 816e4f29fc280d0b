"""What live scores add to a playtest, with and without a budget, and whether they delay a word.

The same scene is played by the director itself on the house weights, once without scores and once for each budget, turn
by turn in turns, so that what else the machine does falls on all sides. All measures that need no judge are on.
"""

import argparse
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from core.events import Event, TextStreamed, TurnStarted
from core.inference.request import Layout, WeightsSettings
from core.inference.weights.catalog import default_threads, house_weights
from core.inference.worker import Worker
from core.library.characters import create_character
from core.library.playtests import list_scores, list_turns
from core.library.scenarios import create_scenario
from core.playtest.directing.director import Director
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase
from models.stage import PLAIN
from tests.benchmarks.scene import cpu_seconds, report
from tests.benchmarks.stage_cost import CAST

UNLIMITED = 10.0
SIDES = {"off": 0.0, "all": UNLIMITED, "0.6": 0.6, "0.3": 0.3, "0.1": 0.1}
"""Name -> budget."""
N_WARM = 2 * len(CAST)
"""Turns of each side that do not count: there everything is read for the first time, as in `ScoreBudget`."""


@dataclass(slots=True)
class Side:
    """One way of playing the scene."""

    name: str
    project: Project
    worker: Worker
    director: Director
    first_words_s: list[float]
    clock_s: float = 0.0
    cpu_s: float = 0.0
    """Of the process of the weights, and of our own."""

    def play(self, *, counts: bool) -> None:
        """Plays a turn and waits for its scores."""
        process_id = self.worker.process_id
        before_s, own_s, began_s = cpu_seconds(process_id) if process_id else 0.0, process_time(), perf_counter()
        self.director.step()
        self.director.wait()
        if counts and process_id:
            self.clock_s += perf_counter() - began_s
            self.cpu_s += cpu_seconds(process_id) - before_s + process_time() - own_s

    def close(self) -> None:
        """Ends it."""
        self.director.close()
        self.worker.close()
        self.project.close()


def main() -> None:
    """Runs the benchmark and prints JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few turns")
    parser.add_argument("--turns", type=int, default=80)
    parser.add_argument("--threads", type=int, default=default_threads())
    arguments = parser.parse_args()
    n_turns = 16 if arguments.quick else arguments.turns
    settings = WeightsSettings(house_weights(), n_threads=arguments.threads, layout=Layout.APART)
    with tempfile.TemporaryDirectory() as folder:
        sides = [open_side(Path(folder), name, settings) for name in SIDES]
        try:
            for number in range(n_turns):
                for side in sides:
                    side.play(counts=number >= N_WARM)
            report_added(sides, n_turns, arguments.threads)
            report_first_words(sides, n_turns)
        finally:
            for side in sides:
                side.close()


def open_side(folder: Path, name: str, settings: WeightsSettings) -> Side:
    """Opens a project with the scene, and its weights."""
    project = Project(folder / f"{name}.tableread")
    roles = [
        RoleBase(name=who.lower(), goal="Find out who put out the lamp.", character_id=add(project, who, facts))
        for who, facts in CAST.items()
    ]
    scene = ScenarioBase(
        name="The lamp room",
        setting="Night on the island. The lamp is dark.",
        greeting="Who put out the lamp?",
        max_turns=10_000,
        stage=PLAIN.to_document(),
    )
    playtest = start_playtest(
        project, create_scenario(project, scene, roles).id, PlaySettings(seed=7, score_budget=SIDES[name])
    )
    worker, first_words = Worker(settings), FirstWords()
    director = Director(project, worker, playtest.id, first_words)
    if not SIDES[name]:
        director._scene.scorer.add = lambda _turn: None  # type: ignore[method-assign]
    return Side(name, project, worker, director, first_words.seconds)


class FirstWords:
    """Listens for how long each turn takes to its first word."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._began_s: float | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case TurnStarted():
                self._began_s = perf_counter()
            case TextStreamed() if self._began_s is not None:
                self.seconds.append(perf_counter() - self._began_s)
                self._began_s = None


def add(project: Project, name: str, facts: tuple[str, ...]) -> str:
    """Adds a character."""
    return create_character(project, CharacterBase(name=name, statements=list(facts))).id


def report_added(sides: list[Side], n_turns: int, n_threads: int) -> None:
    """Prints what the scores of each side add, and how many turns the weights scored."""
    off = sides[0]
    for side in sides[1:]:
        scores = list_scores(side.project, side.director.playtest_id)
        weighed = [score for score in scores if score.metric == "drift"]
        report(
            benchmark="score_cost",
            budget=side.name,
            threads=n_threads,
            turns=n_turns,
            added_percent_cpu=round(100 * (side.cpu_s / off.cpu_s - 1), 1),
            added_percent_clock=round(100 * (side.clock_s / off.clock_s - 1), 1),
            by_its_own_account=round(100 * side.director._scene._budget.share, 1),
            turns_scored_by_weights=sum("budget" not in (score.reason or "") for score in weighed),
            turns_committed=len(list_turns(side.project, side.director.playtest_id)),
            scores_a_turn=round(len(scores) / max(1, len(weighed)), 1),
        )


def report_first_words(sides: list[Side], n_turns: int) -> None:
    """Plays on without waiting for scores, side by side; prints the seconds to the first words."""
    found: dict[str, list[float]] = {}
    for side in (sides[0], sides[1], sides[0], sides[1]):
        side.first_words_s.clear()
        side.director.play(n_turns // 2)
        side.director.wait()
        found.setdefault(side.name, []).extend(side.first_words_s)
    report(
        benchmark="score_cost_first_words",
        first_word_off_s=round(statistics.median(found["off"]), 4),
        first_word_while_scoring_s=round(statistics.median(found["all"]), 4),
    )


if __name__ == "__main__":
    main()
