"""What judging behind a playtest adds to a turn: with the weights that play, and with weights of another process.

The same scene is played by the director itself on the house weights, a few turns of each side after the other, so that
what else the machine does falls on all. While a side plays, its judge follows it and always has turns to judge; while
others play it is cancelled, and goes on where it was.
"""

import argparse
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, sleep

from core.events import Event, TextStreamed, TurnCommitted, TurnStarted
from core.fidelity.judged import persona_gym
from core.inference.request import WeightsSettings
from core.inference.weights.catalog import default_threads, house_weights
from core.inference.worker import Worker
from core.lab.judge_queue import JudgeQueue, JudgingJob
from core.library.characters import create_character
from core.library.playtests import list_scores
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

SIDES = ("no judge", "same weights", "another process")
N_AT_ONCE = 4
"""Turns that a side plays without a pause."""
UNDER_WAY_S, PAUSE_S = 0.7, 10.0
"""The judge is at work before the first of them, and in the pause behind the last until it has said something."""


@dataclass(slots=True)
class Side:
    """One way of playing the scene."""

    name: str
    project: Project
    player: Worker
    judge: Worker
    queue: JudgeQueue
    playtest_id: str
    director: Director | None = None
    began_s: float = 0.0
    is_written: bool = False
    turns_s: list[float] = field(default_factory=list)
    first_words_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    """Of a turn, mean of each round: of all processes that run weights, so the judge's reading counts as well."""
    counts: bool = False

    def on_event(self, event: Event) -> None:
        """Times turns, and lets the queue know who is writing."""
        self.queue.notice(event)
        if isinstance(event, TurnStarted):
            self.began_s, self.is_written = perf_counter(), False
        elif isinstance(event, TextStreamed) and not self.is_written:
            self.is_written = True
            if self.counts:
                self.first_words_s.append(perf_counter() - self.began_s)
        elif isinstance(event, TurnCommitted) and self.counts:
            self.turns_s.append(perf_counter() - self.began_s)

    def play(self, *, counts: bool) -> None:
        """Plays some turns with the judge behind them."""
        assert self.director is not None
        self.counts = counts
        job_id = ""
        if self.name != "no judge":
            job = JudgingJob(self.playtest_id, self.judge, [persona_gym.JUDGED], follow=True)
            job_id = self.queue.submit(job)
            sleep(UNDER_WAY_S)
        before_s = self._worked_s()
        self.director.play(N_AT_ONCE)
        self.director.wait()
        if counts:
            self.cpu_s.append((self._worked_s() - before_s) / N_AT_ONCE)
        if job_id:
            end_s = perf_counter() + PAUSE_S
            while self.queue.progress(job_id).n_done < 1 and perf_counter() < end_s:
                sleep(0.05)
            self.queue.cancel(job_id)
            self.queue.wait()

    def _worked_s(self) -> float:
        ids = {one.process_id for one in (self.player, self.judge)}
        return sum(cpu_seconds(one) for one in ids if one is not None)

    def close(self) -> None:
        """Ends it."""
        assert self.director is not None
        self.director.close()
        self.queue.close()
        for worker in {id(one): one for one in (self.player, self.judge)}.values():
            worker.close()
        self.project.close()


def main() -> None:
    """Runs the benchmark and prints JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few turns")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--threads", type=int, default=default_threads())
    arguments = parser.parse_args()
    n_rounds = 4 if arguments.quick else arguments.rounds
    settings = WeightsSettings(house_weights(), n_threads=arguments.threads)
    with tempfile.TemporaryDirectory() as folder:
        sides = [open_side(Path(folder), name, settings) for name in SIDES]
        try:
            for number in range(n_rounds):
                for side in sides:
                    side.play(counts=number > 0)
            report_sides(sides, arguments.threads)
        finally:
            for side in sides:
                side.close()


def open_side(folder: Path, name: str, settings: WeightsSettings) -> Side:
    """Opens a project with the scene, the weights that play it, and those that judge it."""
    project = Project(folder / f"{name}.tableread")
    roles = [
        RoleBase(
            name=who.lower(),
            goal="Find out who put out the lamp.",
            character_id=create_character(project, CharacterBase(name=who, statements=list(facts))).id,
        )
        for who, facts in CAST.items()
    ]
    scene = ScenarioBase(
        name="The lamp room",
        setting="Night on the island. The lamp is dark.",
        greeting="Who put out the lamp?",
        max_turns=10_000,
        stage=PLAIN.to_document(),
    )
    playtest = start_playtest(project, create_scenario(project, scene, roles).id, PlaySettings(seed=7))
    player = Worker(settings)
    judge = Worker(settings) if name == "another process" else player
    side = Side(name, project, player, judge, JudgeQueue(project, lambda _event: None), playtest.id)
    side.director = Director(project, player, playtest.id, side.on_event)
    return side


def report_sides(sides: list[Side], n_threads: int) -> None:
    """Prints what each side took, against the one without a judge."""
    plain = sides[0]
    for side in sides:
        rows = [row for row in list_scores(side.project, side.playtest_id) if row.judge_id]
        report(
            side=side.name,
            threads=n_threads,
            turns=len(side.turns_s),
            turn_s=round(statistics.median(side.turns_s), 4),
            ratio=round(statistics.median(side.turns_s) / statistics.median(plain.turns_s), 3),
            quickest_quarter_ratio=round(quarter(side.turns_s) / quarter(plain.turns_s), 3),
            cpu_s=round(statistics.median(side.cpu_s), 4),
            cpu_ratio=round(statistics.median(side.cpu_s) / statistics.median(plain.cpu_s), 3),
            first_word_s=round(statistics.median(side.first_words_s), 4),
            first_word_ratio=round(statistics.median(side.first_words_s) / statistics.median(plain.first_words_s), 3),
            judged_scores=len(rows),
        )


def quarter(seconds: list[float]) -> float:
    """Returns what the quickest quarter of turns takes at most: other work on the machine touches it least."""
    return statistics.quantiles(seconds, n=4)[0]


if __name__ == "__main__":
    main()
