"""A short playtest on real rows, and engines that judge it as a test says."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from core.fidelity.conversation import About, Line
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.inference.futures import RequestFuture
from core.inference.request import Ask, Request, Result, WeightsInfo
from core.inference.scripted import INFO
from core.inference.servers.kinds import describe_weights
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario
from core.playtest.branch import Branch
from core.playtest.script import NARRATOR_ID
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn, TurnBase
from models.scenario import RoleBase, ScenarioBase

TIMEOUT_S = 20
JUDGE_INFO = replace(INFO, name="Judge", sha256="1" * 64)


def play_scene(project: Project, n_turns: int = 4) -> Playtest:
    """Plays a scene of two, who call each other by name, after a narrator's line."""
    cast = [
        create_character(project, CharacterBase(name=name, statements=[f"{name} sails."])) for name in ("Mara", "Theo")
    ]
    roles = [RoleBase(name=one.name, character_id=one.id) for one in cast]
    draft = ScenarioBase(name="Quay", thoughts=False, user_name="Ann", max_turns=50)
    playtest = start_playtest(project, create_scenario(project, draft, roles).id, PlaySettings(seed=1))
    branch = Branch(project, playtest.id)
    branch.commit(_narrated("Mara sees a fog."), None, "")
    play_on(project, playtest, n_turns)
    found = get_playtest(project, playtest.id)
    assert found is not None
    return found


def play_on(project: Project, playtest: Playtest, n_turns: int, text: str = "") -> list[int]:
    """Plays so many turns more, as if weights had written them; returns their ids."""
    branch = Branch(project, playtest.id)
    parts, ids = branch.script.parts, []
    for _ in range(n_turns):
        number = len(branch.path())
        part = parts[(number + 1) % len(parts)]
        turn = TurnBase(
            speaker_id=part.role_id,
            speaker=part.character.name,
            kind=SpeakerKind.CHARACTER,
            text=text or f"Theo and Mara, line {number}.",
            origin=Origin.WEIGHTS,
            record={"weights": describe_weights(INFO)},
        )
        ids.append(branch.commit(turn, branch.head_id, "").id or 0)
    return ids


def _narrated(text: str) -> TurnBase:
    return TurnBase(
        speaker_id=NARRATOR_ID, speaker="Narrator", kind=SpeakerKind.NARRATOR, text=text, origin=Origin.GREETING
    )


def spoken(project: Project, playtest: Playtest) -> list[Turn]:
    """Returns what the cast said."""
    roles = {part["role_id"] for part in playtest.script["parts"]}
    return [turn for turn in list_turns(project, playtest.id) if turn.speaker_id in roles]


class JudgingEngine:
    """Answers at once, by a function; or, while it is held, not before it is let go or cancelled."""

    def __init__(self, ask: Ask, info: WeightsInfo = JUDGE_INFO) -> None:
        self._ask = ask
        self.info = info
        self.asked: list[tuple[Request, bool]] = []
        self.is_held = False
        self.began = threading.Event()
        self.n_cancelled = 0

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        self.asked.append((request, background))
        self.began.set()
        future = RequestFuture(lambda: self._cancel(future, request))
        self._held = (request, future)
        if not self.is_held:
            try:
                future.set_result(self._ask(request))
            except Exception as error:  # noqa: BLE001 - who asked gets it
                future.set_exception(error)
        return future

    def let_go(self) -> None:
        """Answers what is held, and all that is asked from now on."""
        self.is_held = False
        request, future = self._held
        future.set_result(self._ask(request))

    def close(self) -> None:
        pass

    def _cancel(self, future: RequestFuture, request: Request) -> None:
        self.n_cancelled += 1
        future.end_cancelled(request)


def metric(name: str, scope: str = "turn") -> Metric:
    return Metric(name, name.title(), "points", 1.0, 5.0, "higher", "judge", "", "a test", scope=scope, cost="judge")


def _value(judge: Judge, name: str, text: str, evidence: dict) -> tuple[ScoreValue, ...]:
    rating = judge.rate(Question("You judge.", text))
    if isinstance(rating, NotJudged):
        return (ScoreValue(name, None, rating.reason),)
    return (ScoreValue(name, rating.value, None, evidence),)


def _turn(judge: Judge, about: About, lines: list[Line], place: int) -> tuple[ScoreValue, ...]:
    line = lines[place]
    evidence = {"turn": place + 1, "words": [line.text], "shown": {"turns": [place + 1]}}
    return _value(judge, "play.turn", f"{about.name(line.speaker)}: {line.text}", evidence)


def _speaker(judge: Judge, about: About, lines: list[Line], speaker: str) -> tuple[ScoreValue, ...]:
    return _value(judge, "play.speaker", about.name(speaker), {"why": about.name(speaker)})


def _whole(judge: Judge, about: About, lines: list[Line]) -> tuple[ScoreValue, ...]:
    return _value(judge, "play.whole", "\n".join(line.text for line in lines), {})


TURN = JudgedMetric((metric("play.turn"),), "v1", judge_turn=_turn)
SPEAKER = JudgedMetric((metric("play.speaker", "speaker"),), "v1", judge_speaker=_speaker)
WHOLE = JudgedMetric((metric("play.whole", "conversation"),), "v1", judge_whole=_whole)
