"""A short playtest for each policy, with the house weights or scripted ones."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.events import LineAwaited, TurnStarted
from core.inference.request import Choose, Engine, Generate, Score, Usage, WeightsSettings
from core.inference.scripted import ScriptedEngine
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.library.characters import create_character
from core.library.scenarios import create_scenario
from core.playtest.directing.director import Director
from core.playtest.directing.who_next import TURN_TAKING_KEY
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn
from models.scenario import RoleBase, ScenarioBase, TurnPolicy
from tests.core.playtest.directing.test_director import Stage, play

CAST = ("Mara", "Theo", "Ilse")
WEIGHTLESS = [
    TurnPolicy.ROUND_ROBIN,
    TurnPolicy.WEIGHTED,
    TurnPolicy.MENTION,
    TurnPolicy.SCRIPTED,
    TurnPolicy.REPLY_BACK,
    TurnPolicy.SIMULTANEOUS,
]
ASKING = [TurnPolicy.SPEAK_GATE, TurnPolicy.BIDDING, TurnPolicy.NAME_NEXT]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture(scope="module")
def house() -> Iterator[Engine]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=2048, n_threads=1))) as worker:
        yield worker


Begin = Callable[..., Stage]


@pytest.fixture
def begin(project: Project) -> Iterator[Begin]:
    stages: list[Stage] = []

    def begin(policy: TurnPolicy, engine: Engine, *, rules: dict | None = None, **scenario: object) -> Stage:
        cast = [create_character(project, CharacterBase(name=name, statements=[f"I am {name}."])) for name in CAST]
        roles = [RoleBase(name=one.name, character_id=one.id, goal="Find the lost ledger.") for one in cast]
        fields = {"greeting": "The tide bell rings.", "thoughts": False, "max_turns": 50, **scenario}
        stage = {"turns": rules} if rules else {}
        row = create_scenario(project, ScenarioBase(name="S", turn_policy=policy, stage=stage, **fields), roles)
        settings = PlaySettings(seed=5, max_tokens=24, score_every=0)
        stages.append(Stage(project, start_playtest(project, row.id, settings), engine))
        return stages[-1]

    yield begin
    for stage in stages:
        stage.director.close()


def lines(stage: Stage) -> list[Turn]:
    return [turn for turn in stage.path if turn.kind == SpeakerKind.CHARACTER]


def names(stage: Stage) -> list[str]:
    return [turn.speaker for turn in lines(stage)]


def check_records(stage: Stage, policy: TurnPolicy) -> None:
    started = [event.why for event in stage.of(TurnStarted) if event.why != "greeting"]
    kept = [turn.record[TURN_TAKING_KEY] for turn in lines(stage)]
    assert [record["why"] for record in kept] == started
    assert {record["policy"] for record in kept} == {policy.value}


@pytest.mark.parametrize("policy", WEIGHTLESS)
def test_policies_without_weights_play_and_play_the_same_again(begin: Begin, policy: TurnPolicy) -> None:
    def say(request: Generate) -> str:
        return f"Say {len(request.messages[-1].content)}, Ilse."  # too short to be drawn anew

    seen = []
    for _ in range(2):
        with closing(ScriptedEngine(say)) as engine:
            stage = begin(policy, engine)
            play(stage, 7)
            assert len(lines(stage)) == 6
            check_records(stage, policy)
            seen.append([(turn.speaker, turn.text, turn.record[TURN_TAKING_KEY]["why"]) for turn in lines(stage)])
    assert seen[0] == seen[1]
    if policy != TurnPolicy.SIMULTANEOUS:
        assert all(one[0] != other[0] for one, other in zip(seen[0], seen[0][1:], strict=False))


@pytest.mark.parametrize("policy", ASKING)
def test_policies_that_ask_play_with_the_house_weights(begin: Begin, house: Engine, policy: TurnPolicy) -> None:
    stage = begin(policy, house, rules={"allows_silence": False})
    play(stage, 5)
    assert len(stage.path) == 5
    assert len(lines(stage)) == 4
    check_records(stage, policy)
    asked = [turn.record[TURN_TAKING_KEY] for turn in lines(stage)]
    if policy != TurnPolicy.NAME_NEXT:
        assert all(record["asked"] == "weights" and len(record["bids"]) >= 2 for record in asked)
        assert all(record["n_asked"] >= 4 for record in asked)
    assert stage.director.next_speaker() is not None


def test_who_is_named_speaks_and_the_others_wait_in_the_queue(begin: Begin) -> None:
    with closing(ScriptedEngine(lambda _request: "What now, Theo? Or Ilse?")) as engine:
        stage = begin(TurnPolicy.MENTION, engine)
        stage.director.speak("user", "Theo and Mara, come.")
        play(stage, 2)
        assert names(stage) == ["Theo", "Mara"]
        assert stage.path[-2].record[TURN_TAKING_KEY]["why"] == "named by You"
        assert stage.path[-1].record[TURN_TAKING_KEY]["why"] == "was waiting to speak"


def test_a_line_of_the_user_ends_the_queue(begin: Begin) -> None:
    with closing(ScriptedEngine(lambda _request: "Well.")) as engine:
        stage = begin(TurnPolicy.MENTION, engine)
        stage.director.speak("user", "Theo and Mara, come.")
        play(stage, 1)
        stage.director.speak("user", "No: Ilse!")
        play(stage, 1)
        assert names(stage) == ["Theo", "Ilse"]


class Wanting(ScriptedEngine):
    """Says lines, and wants to speak as it is told: role id -> log-probability of yes."""

    def __init__(self, wants: dict[str, float]) -> None:
        self.wants = wants
        self.scored: list[Score] = []
        super().__init__(lambda request: f"I speak, said {request.lane[-4:]}.")

    def _score(self, request):
        scored = super()._score(request)
        if not request.messages[-1].content.endswith("Answer yes or no.)"):
            return scored
        self.scored.append(request)
        value = self.wants.get(role_of(request), -3.0) if request.completion == "Yes" else -1.0
        return type(scored)(scored.token_ids, scored.tokens, (value,), scored.usage)


def test_nobody_speaks_when_nobody_wants_to_but_not_for_ever(begin: Begin) -> None:
    with closing(Wanting({})) as engine:
        stage = begin(TurnPolicy.SPEAK_GATE, engine)
        play(stage, 4)
        silent = [turn for turn in stage.path if turn.finish == "silent"]
        assert [turn.origin for turn in silent] == [Origin.STAGE, Origin.STAGE]
        assert silent[0].text == ""
        assert silent[0].record[TURN_TAKING_KEY]["why"].startswith("nobody wants to speak")
        assert len(lines(stage)) == 1
        assert stage.path[-1].record[TURN_TAKING_KEY]["bids"].keys() == {role_of(one) for one in engine.scored}
        assert stage.director.next_speaker() == ("", "", "the cast decides")


def role_of(request: Score) -> str:
    """Returns whose lane a request is on; a lane is the playtest's and the role's."""
    return request.lane.rsplit("/", 1)[-1]


def test_the_gate_asks_each_silent_character_on_its_own_view(begin: Begin) -> None:
    with closing(Wanting({})) as engine:
        stage = begin(TurnPolicy.SPEAK_GATE, engine)
        parts = {part["character"]["name"]: part["role_id"] for part in stage.row.script["parts"]}
        engine.wants = {parts["Theo"]: 0.0}
        play(stage, 3)
        assert names(stage)[0] == "Theo"
        after = [request for request in engine.scored if "I speak" in request.messages[-1].content]
        assert {role_of(request) for request in after} == {parts["Mara"], parts["Ilse"]}
        for request in engine.scored:
            name = next(name for name, role_id in parts.items() if role_id == role_of(request))
            assert f"I am {name}." in request.messages[0].content
            assert f"({name}, do you want to say something now?" in request.messages[-1].content


def test_the_director_policy_waits_for_the_user(begin: Begin) -> None:
    with closing(ScriptedEngine(lambda _request: "Well.")) as engine:
        stage = begin(TurnPolicy.DIRECTOR, engine)
        stage.director.play()
        stage.wait()
        assert len(stage.path) == 1  # the greeting
        assert stage.director.next_speaker() == ("", "", "you say who speaks next")
        ilse = stage.row.script["parts"][2]["role_id"]
        stage.director.play_as(ilse)
        stage.wait()
        assert names(stage) == ["Ilse"]
        assert not stage.director.is_playing


def test_a_facilitator_steps_in_when_the_talk_is_heated(begin: Begin) -> None:
    def say(request: Generate) -> str:
        return "You disgusting liar, I hate you!"

    with closing(ScriptedEngine(say)) as engine:
        stage = begin(TurnPolicy.ROUND_ROBIN, engine, setting="An inquest about a lost ledger.")
        ilse = stage.row.script["parts"][2]["role_id"]
        change_rules(stage, engine, {"facilitator": ilse, "facilitate_every": 5})
        play(stage, 6)
        assert names(stage) == ["Mara", "Theo", "Mara", "Theo", "Ilse"]
        record = stage.path[-1].record[TURN_TAKING_KEY]
        assert record["why"].startswith("steps in: the talk has grown heated (")
        assert record["facilitator"]["heat"] >= 0.4


def change_rules(stage: Stage, engine: Engine, turns: dict) -> None:
    """Gives the script of a playtest other rules; its director is made anew."""
    stage.director.close()
    with stage.project.append() as session:
        row = session.get_one(Playtest, stage.playtest.id)
        scenario = row.script["scenario"] | {"stage": {"turns": turns, "ending": {"loop_guard": False}}}
        row.script = row.script | {"scenario": scenario}
    stage.director = Director(stage.project, engine, stage.playtest.id, stage._on_event)


def test_a_person_who_has_taken_a_role_is_waited_for_and_the_queue_goes_on(begin: Begin) -> None:
    with closing(ScriptedEngine(lambda _request: "Well.")) as engine:
        stage = begin(TurnPolicy.MENTION, engine)
        theo, mara = (stage.row.script["parts"][place]["role_id"] for place in (1, 0))
        stage.director.take_role(theo)
        stage.director.speak("user", "Theo and Mara, come.")
        stage.director.play(2)
        stage.wait_for(LineAwaited)
        stage.director.speak(theo, "Here I am, Ilse.")
        stage.wait()
        assert [(turn.speaker_id, turn.text) for turn in lines(stage)] == [(theo, "Here I am, Ilse."), (mara, "Well.")]
        assert stage.path[-1].record[TURN_TAKING_KEY]["why"] == "was waiting to speak"


def test_nobody_hears_the_others_within_a_round(begin: Begin) -> None:
    words = iter(f"secret{number}" for number in range(100))
    seen: list[tuple[str, str]] = []

    def say(request: Generate) -> str:
        word = next(words)
        seen.append((word, "\n".join(message.content for message in request.messages)))
        return f"My choice is {word}."

    with closing(ScriptedEngine(say)) as engine:
        stage = begin(TurnPolicy.SIMULTANEOUS, engine, thoughts=False)
        play(stage, 10)
        rounds = [turn.record["round"] for turn in lines(stage)]
        assert rounds == [1, 1, 1, 2, 2, 2, 3, 3, 3]
        for place, (_, chat) in enumerate(seen):
            heard = {word for word, _ in seen if word in chat}
            assert heard == {word for number, (word, _) in enumerate(seen) if number < place // 3 * 3}


def test_a_retried_turn_of_a_round_hears_nobody_of_it_either(begin: Begin) -> None:
    chats: list[str] = []

    def say(request: Generate) -> str:
        chats.append("\n".join(message.content for message in request.messages))
        return f"Choice{len(chats)}."

    with closing(ScriptedEngine(say)) as engine:
        stage = begin(TurnPolicy.SIMULTANEOUS, engine)
        play(stage, 3)
        stage.director.retry(stage.path[-1].id)
        stage.wait()
        assert stage.path[-1].text == "Choice3."
        assert stage.path[-1].record["round"] == 1
        assert "Choice1" not in chats[-1]


def test_the_gate_reads_a_third_of_what_always_asking_everybody_would(begin: Begin, house: Engine) -> None:
    """G5: tokens read by the gate and by who speaks, against each silent character reading its view for a reply."""
    counting = Counting(house)
    stage = begin(TurnPolicy.SPEAK_GATE, counting, rules={"gate": 0.0})
    play(stage, 13)
    always_on = sum(usage.n_prompt_tokens for lane, usage in counting.first_looks())
    read = sum(usage.n_prompt_tokens - usage.n_reused_tokens for _, _, usage in counting.usages)
    assert len(lines(stage)) == 12
    assert read <= always_on / 3, (read, always_on)


class Counting:
    """An engine that keeps what each request cost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.info = engine.info
        self._lock = threading.Lock()
        self.usages: list[tuple[str, str, Usage]] = []
        """Kind of request, lane, cost."""

    def submit(self, request, on_text=None, *, background=False):
        future = self._engine.submit(request, on_text, background=background)
        if isinstance(request, Score | Generate | Choose) and not background:
            future.add_done_callback(lambda done: self._keep(request, done.result()))
        return future

    def first_looks(self) -> list[tuple[str, Usage]]:
        """Returns one cost for each time that a character was asked: that of the first of the two answers."""
        scores = [(lane, usage) for kind, lane, usage in self.usages if kind == "Score"]
        return scores[::2]

    def close(self) -> None:
        """The worker is closed by who made it."""

    def _keep(self, request, result) -> None:
        with self._lock:
            self.usages.append((type(request).__name__, request.lane, result.usage))


def test_looking_asks_no_weights(begin: Begin) -> None:
    class Dumb(ScriptedEngine):
        def submit(self, request, on_text=None, *, background=False):
            raise AssertionError

    with closing(Dumb({})) as engine:
        stage = begin(TurnPolicy.BIDDING, engine, greeting="")
        director: Director = stage.director
        assert director.next_speaker() == ("", "", "the cast decides")
