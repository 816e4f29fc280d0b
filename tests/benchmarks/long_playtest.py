"""What a turn costs us, beside the weights, however long the scene is: at 60, 1,000 and 10,000 turns.

Four roles, a world with facts, whispers, acts of the director, a lorebook, every part of the stage at work. The weights
are scripted and say their lines at once, so that only our own work counts. The scene is not played from its first turn:
some turns that were played stand for all, one after the other, each with its own number.

`step_cpu_ms` is the CPU time of the process without the engine's thread: unlike the clock it does not grow with what
else the machine does. A part's time, by the clock, is that of all its calls in a turn; `mind` has its faculties in it,
`perceive` room and lore.
"""

import argparse
import cProfile
import itertools
import pstats
import statistics
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import clock_gettime, perf_counter, process_time, pthread_getcpuclockid, thread_time
from typing import Any

from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.lore import add_entries, create_book
from core.library.playtests import list_playtests, list_turns
from core.library.scenarios import create_scenario
from core.minds import mind
from core.playtest.branch import Branch
from core.playtest.directing.consequences import Consequences
from core.playtest.directing.director import Director
from core.playtest.directing.stopping import Endings
from core.playtest.directing.who_next import WhoNext
from core.playtest.looking_back.mind_reading import read_mind
from core.playtest.looking_back.xray import take_xray
from core.playtest.minds import Minds
from core.playtest.reader import LastReader
from core.playtest.scores.turn_scorer import TurnScorer
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.story.narrating import Narrating
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.long_scene import LongScene
from core.playtest.view.scene_lore import SceneLore
from core.playtest.writing.turn_writer import TurnWriter
from core.project import Project
from gui.stage.memory.memory_reader import MemoryReader
from gui.stage.world.world_story import WorldReader
from models.character import CharacterBase
from models.lore import LorebookBase, LoreEntryBase
from models.playtest import Playtest, SpeakerKind, Turn
from models.scenario import RoleBase, ScenarioBase
from models.stage import EVERYTHING
from tests.benchmarks.scene import report
from tests.benchmarks.stage_cost import CAST, WORLD

LENGTHS = (60, 1_000, 10_000)
N_PLAYED = 48
"""Turns that are really played, and stand for all."""
N_WARM = 10
"""Turns before it is measured, so that each of the cast has spoken once since the project was opened."""
N_SEEN = 60
"""Turns that a view holds of a long scene."""
LINES = (
    "The lamp went out at nine, Theo. I was afraid, and I still am.",
    "Tell me, who had the key of the lamp room that night?",
    "I trust you, Nell. Was there a boat near the pier?",
    "Ivo sold the oil. It makes me angry when nobody says so!",
    "(whispers to Nell) I saw the boat, and I am glad that nobody knows it.",
    "I go to the pier. The sea is calm, and my brother's boat is gone.",
    "I take the key.",
)
PARTS: dict[str, tuple[type, str]] = {
    "endings": (Endings, "find"),
    "who next": (WhoNext, "find"),
    "mind": (Minds, "prepare"),
    "mind: moment": (Minds, "moment"),
    "perceive": (LongScene, "perceive"),
    "perceive: room": (ContextRoom, "fit"),
    "perceive: lore": (SceneLore, "find"),
    "view": (LongScene, "view"),
    "listeners": (TurnWriter, "_listeners"),
    "narrating due": (Narrating, "is_due"),
    "narrating": (Narrating, "follow_up"),
    "choosing an act": (Narrating, "choose"),
    "consequences": (Consequences, "of"),
    "branch path": (Branch, "path"),
    "commit": (Branch, "commit"),
    "scoring": (TurnScorer, "_score"),
}


class Stopwatch:
    """Adds up what calls take, by part, on whatever thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._depth: dict[tuple[int, str], int] = defaultdict(int)

    def wrap(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Returns what does the same and is timed."""

        def timed(*values: Any, **named: Any) -> Any:
            key = (threading.get_ident(), name)
            self._depth[key] += 1
            began = perf_counter()
            try:
                return work(*values, **named)
            finally:
                self._depth[key] -= 1
                if not self._depth[key]:
                    self.seconds[name] += perf_counter() - began

        return timed

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Times the parts of a turn."""
        kept = {name: getattr(owner, method) for name, (owner, method) in PARTS.items()}
        faculties = dict(mind.FACULTIES)
        try:
            for name, (owner, method) in PARTS.items():
                setattr(owner, method, self.wrap(name, kept[name]))
            for name, faculty in faculties.items():
                mind.FACULTIES[name] = self.wrap(f"mind: {name}", faculty)
            yield
        finally:
            for name, (owner, method) in PARTS.items():
                setattr(owner, method, kept[name])
            mind.FACULTIES.update(faculties)


def main() -> None:
    """Runs the benchmark and prints JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, nargs="*", default=list(LENGTHS))
    parser.add_argument("--steps", type=int, default=8, help="turns that are timed at the end of each scene")
    parser.add_argument("--profile", type=int, default=0, help="print so many functions by their own time")
    parser.add_argument("--jumps", action="store_true", help="profile the first turn on another branch instead")
    parser.add_argument("--quick", action="store_true", help="60 and 300 turns")
    arguments = parser.parse_args()
    cpu_ms = {}
    with tempfile.TemporaryDirectory() as folder:
        for n_turns in [60, 300] if arguments.quick else arguments.turns:
            cpu_ms[n_turns] = _measure(Path(folder, f"{n_turns}.tableread"), n_turns, arguments.steps)
            if arguments.profile:
                _profile(Path(folder, f"{n_turns}.tableread"), arguments.profile, jumps=arguments.jumps)
    first, last = min(cpu_ms), max(cpu_ms)
    report(benchmark="long_playtest", added_cpu_ms=round(cpu_ms[last] - cpu_ms[first], 1), at=last, beside=first)


def _measure(path: Path, n_turns: int, n_steps: int) -> float:
    project = Project(path)
    lines = itertools.cycle(LINES)
    engine = ScriptedEngine(lambda request: _answer(request, lines))
    playtest = _start(project)
    director = Director(project, engine, playtest.id, lambda _event: None)
    try:
        _play_some(director)
        director.close()
        _lengthen(project, playtest.id, n_turns)
        director = Director(project, engine, playtest.id, lambda _event: None)
        first_ms = _timed(lambda: _step(director))
        for _ in range(N_WARM):
            _step(director)
        watch = Stopwatch()
        with watch.watching():
            began = _own_seconds(engine)
            steps = [_timed(lambda: _step(director)) for _ in range(n_steps)]
            cpu_ms = 1000 * (_own_seconds(engine) - began) / n_steps
        parts = {name: round(1000 * seconds / n_steps, 1) for name, seconds in sorted(watch.seconds.items())}
        times = {
            "step_cpu_ms": cpu_ms,
            "step_ms": statistics.median(steps),
            "slowest_ms": max(steps),
            "first_ms": first_ms,
        }
        report(turns=n_turns, **{name: round(value, 1) for name, value in times.items()})
        report(turns=n_turns, parts_ms=parts)
        report(turns=n_turns, **_measure_rest(project, director, playtest.id, engine))
        return cpu_ms
    finally:
        director.close()
        engine.close()
        project.close()


def _measure_rest(project: Project, director: Director, playtest_id: str, engine: ScriptedEngine) -> dict[str, float]:
    """Times the X-ray, the knowledge matrix, and a turn on another branch and back again."""
    path = Branch(project, playtest_id).path()
    lines = [turn for turn in path if turn.kind == SpeakerKind.CHARACTER]
    turn_id, middle_id = lines[-1].id or 0, path[len(path) // 2].id or 0
    story = StoryPlay(Branch(project, playtest_id).script)
    found = {
        "xray_ms": _timed(lambda: take_xray(project, playtest_id, turn_id, engine=engine)),
        "knowledge_ms": _timed(lambda: story.knowledge(path)),
        "knowledge_again_ms": _timed(lambda: story.knowledge(path)),
    }
    found |= _measure_rooms(project, director, playtest_id)
    for name, head_id in (("other_branch_ms", middle_id), ("back_again_ms", path[-1].id or 0)):
        director.continue_from(head_id)
        director.wait()
        found[name] = _timed(lambda: _step(director))
    return {name: round(value, 1) for name, value in found.items()}


def _measure_rooms(project: Project, director: Director, playtest_id: str) -> dict[str, float]:
    """Times what the rooms of the Stage read after a turn; CPU time of this thread, that of the first time apart."""
    last, script = LastReader(), Branch(project, playtest_id).script
    world, memory = WorldReader(project, playtest_id, script), MemoryReader(project, playtest_id, script)
    role_id = script.parts[0].role_id
    rooms: dict[str, Callable[[list[int]], object]] = {
        "mind": lambda _: read_mind(project, playtest_id, None, role_id, last.of(project, playtest_id)),
        "xray": lambda ids: take_xray(project, playtest_id, ids[-1], reader=last.of(project, playtest_id)),
        "xray_of_another": lambda ids: take_xray(
            project, playtest_id, ids[-1], role_id, reader=last.of(project, playtest_id)
        ),
        "world": world.read,
        "memory": lambda ids: memory.read(ids, role_id, None),
    }
    found = {}
    for suffix in ("first", "again"):
        _step(director)
        ids = [turn.id or 0 for turn in Branch(project, playtest_id).path()]
        for name, read in rooms.items():
            began = thread_time()
            read(ids)
            found[f"{name}_{suffix}_cpu_ms"] = 1000 * (thread_time() - began)
    return found


def _profile(path: Path, n_functions: int, *, jumps: bool) -> None:
    """Prints where the time of four turns goes; `Director` has its own thread, so its work is called by hand."""
    project = Project(path)
    playtest_id = list_playtests(project)[0].id
    lines = itertools.cycle(LINES)
    engine = ScriptedEngine(lambda request: _answer(request, lines))
    director = Director(project, engine, playtest_id, lambda _event: None)
    for _ in range(N_WARM):
        _step(director)
    scene = director._scene
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(4):
        scene.play_next(goes_past_endings=True)
    if jumps:
        turns = scene.branch.path()
        scene.branch.move_head(turns[len(turns) // 2].id, "")
        profile.clear()
        scene.play_next(goes_past_endings=True)
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(n_functions)
    pstats.Stats(profile).sort_stats("tottime").print_stats(n_functions)
    director.close()
    engine.close()
    project.close()


def _start(project: Project) -> Playtest:
    def add(name: str, facts: tuple[str, ...]) -> str:
        return create_character(project, CharacterBase(name=name, statements=list(facts))).id

    roles = [
        RoleBase(name=name.lower(), goal="Find out who put out the lamp.", character_id=add(name, facts))
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
            stage=EVERYTHING.to_document(),
        ),
        roles,
    )
    book = create_book(project, LorebookBase(name="The island"), scenario_id=scenario.id)
    lore = [
        LoreEntryBase(name=f"{word} {n}", keys=[word, f"{word}{n}"], content=f"Of the {word}, {n}.", sticky=n % 4)
        for word in ("lamp", "boat", "pier", "oil", "key")
        for n in range(20)
    ]
    add_entries(project, book.id, lore)
    return start_playtest(project, scenario.id, PlaySettings(seed=7, score_every=0))


def _answer(request: Generate, lines: Iterator[str]) -> str:
    return next(lines) if request.max_tokens > 60 else "nothing"  # an act is asked for in few tokens


def _play_some(director: Director) -> None:
    """Plays the turns that stand for all, with acts of the director between them."""
    director.play(12)
    director.wait()
    role_ids = [part.role_id for part in director._branch.script.parts]
    director.whisper(role_ids[0], "Say nothing of the boat.")
    director.set_mood(role_ids[1], "anger", 0.7)
    director.pass_time(7200)
    director.set_world("tension = 3")
    director.speak(role_ids[2], "I heard something on the pier.", [role_ids[0]])
    director.play(N_PLAYED - 17)
    director.wait()


def _lengthen(project: Project, playtest_id: str, n_turns: int) -> None:
    """Repeats the turns that were played until there are enough."""
    played = [turn.model_dump() for turn in list_turns(project, playtest_id)]
    with project.append() as session:
        parent_id = played[-1]["id"]
        for number in range(len(played) + 1, n_turns + 1):
            fields = played[1 + (number - 2) % (len(played) - 1)] | {"id": None, "parent_id": parent_id}
            record = fields["record"] | ({"n_turns_dropped": max(0, number - N_SEEN)} if fields["record"] else {})
            turn = Turn.model_validate(fields | {"number": number, "record": record})
            session.add(turn)
            session.flush()
            parent_id = turn.id
        session.get_one(Playtest, playtest_id).head_id = parent_id


def _own_seconds(engine: ScriptedEngine) -> float:
    """Returns the CPU time of this process so far, without that of the engine's thread; Linux and macOS."""
    thread = engine._thread.ident
    return process_time() - clock_gettime(pthread_getcpuclockid(thread or 0))


def _step(director: Director) -> None:
    director.step()
    director.wait()


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return 1000 * (perf_counter() - began)


if __name__ == "__main__":
    main()
