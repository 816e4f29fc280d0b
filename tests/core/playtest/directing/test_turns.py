"""Turn-taking, endings and the tree."""

from core.playtest.directing.stopping import Ending, find_stop
from core.playtest.directing.who_next import next_speaker
from core.playtest.tree import branches, path_to, siblings, tip_of
from models.playtest import Origin, SpeakerKind, Turn, TurnBase
from models.scenario import ScenarioBase, TurnPolicy
from tests.core.playtest.view.test_views import make_script, make_turn


def speaker_of(history: list[TurnBase], policy: TurnPolicy, n_parts: int = 3) -> tuple[str, str]:
    found = next_speaker(make_script(n_parts, turn_policy=policy), history)
    assert found.part is not None
    return found.part.role_id, found.why


def test_round_robin_goes_round_and_past_the_narrator() -> None:
    assert speaker_of([], TurnPolicy.ROUND_ROBIN) == ("role-0", "first in order")
    assert speaker_of([make_turn(0, "Well."), make_turn(None, "A bell.")], TurnPolicy.ROUND_ROBIN)[0] == "role-1"
    assert speaker_of([make_turn(2, "Well.")], TurnPolicy.ROUND_ROBIN)[0] == "role-0"


def test_mention_answers_the_first_who_is_named() -> None:
    history = [make_turn(0, "And you, Ruud? Or Theo?")]
    assert speaker_of(history, TurnPolicy.MENTION) == ("role-2", "named by Mara Voss")


def test_mention_ignores_the_speaker_and_parts_of_words() -> None:
    assert speaker_of([make_turn(0, "I, Mara, saw the theory of Ruud.")], TurnPolicy.MENTION)[0] == "role-2"


def texts(*lines: str) -> list[TurnBase]:
    return [make_turn(number % 2, line) for number, line in enumerate(lines)]


def find_ending(scenario: ScenarioBase, path: list[TurnBase]) -> Ending | None:
    stop = find_stop(scenario, path)
    return stop.ending if stop is not None else None


def test_a_run_ends_at_its_cap() -> None:
    scenario = ScenarioBase(name="S", max_turns=3)
    assert find_ending(scenario, texts("One.", "Two.")) is None
    assert find_ending(scenario, texts("One.", "Two.", "Three.")) is Ending.CAP


def test_a_run_ends_when_both_say_goodbye_but_not_at_once() -> None:
    scenario = ScenarioBase(name="S")
    talk = ("Hello there.", "Good day to you.", "It rained.", "So it did, all night long.")
    assert find_ending(scenario, texts(*talk, "Goodbye, Theo.", "See you tomorrow.")) is Ending.NATURAL
    assert find_ending(scenario, texts("Goodbye!", "Bye, then.")) is None
    assert find_ending(scenario, texts(*talk, "Goodbye, Theo.", "Wait, who had the key?")) is None


def test_a_run_ends_in_a_loop_or_in_silence() -> None:
    scenario = ScenarioBase(name="S")
    assert find_ending(scenario, texts(*["I do not know what you mean."] * 3)) is Ending.LOOP
    assert find_ending(scenario, texts("Speak!", "", "")) is Ending.EMPTY


def turn(turn_id: int, parent: int | None) -> Turn:
    return Turn(
        id=turn_id,
        playtest_id="p",
        parent_id=parent,
        number=1,
        speaker_id="role-0",
        speaker="Mara",
        kind=SpeakerKind.CHARACTER,
        text="",
        origin=Origin.WEIGHTS,
    )


def test_the_tree_knows_paths_alternatives_and_tips() -> None:
    turns = [turn(1, None), turn(2, 1), turn(3, 2), turn(4, 1), turn(5, 4)]
    assert [t.id for t in path_to(turns, 5)] == [1, 4, 5]
    assert path_to(turns, None) == []
    assert [t.id for t in siblings(turns, turns[3])] == [2, 4]
    assert tip_of(turns, turns[0]).id == 5
    assert tip_of(turns, turns[1]).id == 3
    assert [t.id for t in branches(turns)] == [3, 5]
