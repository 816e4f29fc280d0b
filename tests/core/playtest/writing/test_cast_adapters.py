"""Parts of one scene whose weights are changed by adapters: real rows, real weights."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.app_settings import HOME_VARIABLE
from core.cli import main
from core.events import Event, Failed
from core.inference.request import AdapterKind, WeightsSettings
from core.inference.weights.gguf_header import weights_sha256
from core.inference.worker import Worker
from core.interchange.packs import build_pack
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_playtests, list_turns, scores_of_turn
from core.library.scenarios import create_scenario
from core.playtest.directing.director import Director
from core.playtest.scores.scoring import Spoken, score_by_weights
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.writing.cast_adapters import CastAdapter
from core.project import Project
from models.character import CharacterBase
from models.playtest import Playtest, Turn
from models.scenario import RoleBase, Scenario, ScenarioBase
from tests.random_adapters import random_control_vector, random_lora
from tests.random_weights import random_weights

TIMEOUT_S = 30


@pytest.fixture(autouse=True)
def app_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    cast = [
        create_character(project, CharacterBase(name=name, statements=[f"I am {name}."])) for name in ("Mara", "Theo")
    ]
    roles = [RoleBase(name=f"role of {character.name}", character_id=character.id) for character in cast]
    return create_scenario(project, ScenarioBase(name="Inquest", max_turns=50, thoughts=False), roles)


@pytest.fixture
def worker() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(random_weights()))) as worker:
        yield worker


@pytest.fixture
def vector(tmp_path: Path) -> Path:
    return random_control_vector(tmp_path / "secret-place-vector.gguf")


def begin(project: Project, scenario: Scenario, **adapters: CastAdapter) -> Playtest:
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=12))
    roles = {part.character.name: part.role_id for part in Script.model_validate(playtest.script).parts}
    settings = PlaySettings(
        seed=5, max_tokens=12, cast_adapters={roles[name]: (adapter,) for name, adapter in adapters.items()}
    )
    with project.append() as session:
        session.get_one(Playtest, playtest.id).settings = settings.model_dump(mode="json")
    found = get_playtest(project, playtest.id)
    assert found is not None
    return found


def play(project: Project, playtest: Playtest, worker: Worker) -> tuple[list[Turn], list[Event]]:
    events: list[Event] = []
    with closing(Director(project, worker, playtest.id, events.append)) as director:
        director.play(4)
        assert director.wait(TIMEOUT_S)
    return list_turns(project, playtest.id), events


def values(project: Project, turn: Turn) -> dict[str, float | None]:
    assert turn.id is not None
    return {row.metric: row.value for row in scores_of_turn(project, turn.id)}


def control(path: Path, scale: float) -> CastAdapter:
    return CastAdapter(kind=AdapterKind.CONTROL, path=str(path), scale=scale)


def test_an_adapter_changes_the_part_it_is_for(
    project: Project, scenario: Scenario, worker: Worker, vector: Path
) -> None:
    plain, _ = play(project, begin(project, scenario), worker)
    unscaled, _ = play(project, begin(project, scenario, Theo=control(vector, 0.0)), worker)
    steered, events = play(project, begin(project, scenario, Theo=control(vector, 4.0)), worker)
    assert not [event for event in events if isinstance(event, Failed)]
    assert [turn.text for turn in unscaled] == [turn.text for turn in plain]
    assert steered[0].text == plain[0].text
    assert steered[1].text != plain[1].text
    assert [turn.record["adapters"] for turn in unscaled] == [[], [], [], []]
    assert [len(turn.record["adapters"]) for turn in steered] == [0, 1, 0, 1]
    assert steered[1].record["adapters"] == [
        {
            "kind": "control",
            "name": vector.name,
            "sha256": weights_sha256(vector),
            "scale": 4.0,
            "first_layer": 1,
            "last_layer": -1,
        }
    ]
    assert not any(str(vector.parent) in json.dumps(turn.record) for turn in steered)


def test_scores_are_of_the_weights_that_spoke(
    project: Project, scenario: Scenario, worker: Worker, vector: Path
) -> None:
    playtest = begin(project, scenario, Theo=control(vector, 4.0))
    (opening, steered, *_), _ = play(project, playtest, worker)
    script = Script.model_validate(playtest.script)
    theo = script.part(steered.speaker_id)
    assert theo is not None
    found = []
    for adapters in ((control(vector, 4.0).adapter(),), ()):
        spoken = Spoken(theo, (opening,), steered, adapters=adapters)
        (score,) = score_by_weights(worker, script, spoken, ["grounding"])
        assert score.value is not None
        found.append(score.value)
    assert values(project, steered)["grounding"] == pytest.approx(found[0], abs=1e-3)
    assert abs(found[0] - found[1]) > 0.01


def test_a_file_that_is_gone_is_said(project: Project, scenario: Scenario, worker: Worker, vector: Path) -> None:
    playtest = begin(project, scenario, Mara=control(vector, 1.0))
    vector.unlink()
    _, events = play(project, playtest, worker)
    assert any(
        "secret-place-vector.gguf cannot be read" in event.message for event in events if isinstance(event, Failed)
    )


def test_no_place_on_this_machine_goes_into_a_pack(
    project: Project, scenario: Scenario, vector: Path, tmp_path: Path
) -> None:
    playtest = begin(project, scenario, Theo=control(vector, 1.0))
    path = tmp_path / "a.trpack"
    build_pack(project, scenario.id, path, (playtest.id,), "CC BY 4.0", ["Ann"])
    with zipfile.ZipFile(path) as pack:
        assert not any(b"secret-place" in pack.read(name) for name in pack.namelist())


@pytest.mark.parametrize(
    "wrong", [{"scale": float("nan")}, {"scale": 1e9}, {"first_layer": 0}, {"first_layer": 4, "last_layer": 3}]
)
def test_numbers_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        CastAdapter.model_validate({"kind": "control", "path": "a.gguf"} | wrong)


def test_the_command_line_gives_a_part_its_adapters(
    project: Project, scenario: Scenario, vector: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lora = random_lora(tmp_path / "lora.gguf")
    project.close()
    command = ["play", str(project.path), "--weights", str(random_weights()), "--turns", "2", "--json"]
    assert main([*command, "--adapter", f"theo={vector}:-2.5:1-1", "--adapter", f"role of Theo={lora}"]) == 0
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["turn", "turn", "end"]
    with closing(Project(project.path)) as again:
        turns = list_turns(again, list_playtests(again)[0].id)
    by_kind = {one["kind"]: one for one in turns[1].record["adapters"]}
    assert by_kind["control"]["scale"] == -2.5
    assert (by_kind["control"]["first_layer"], by_kind["control"]["last_layer"]) == (1, 1)
    assert by_kind["lora"]["sha256"] == weights_sha256(lora)
    wrong = {"Nobody=a.gguf": 1, f"Theo={tmp_path}/none.gguf": 1, f"Theo={random_weights()}": 1}
    for written, status in (wrong | {"Theo": 2, f"Theo={vector}:99999999": 2}).items():
        assert main([*command, "--adapter", written]) == status
