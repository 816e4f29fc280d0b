"""The role check finds what it looks for, and shows the words."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import closing

import pytest

from core.inference.request import Generate, WeightsSettings
from core.inference.scripted import ScriptedEngine
from core.inference.weights.catalog import house_weights
from core.inference.weights.notes import ROLE_CHECK, hash_of, open_notes
from core.playtest.role_check import ASSISTANT_VOICE, HELD_SENTENCE, RoleCheck, check_role
from core.playtest.weights_trials import try_role

IN_ROLE = {
    "name": "I am Oswin.",
    "work": "I mend nets for the boats.",
    "daughter": "Marigold. She is nine.",
    "AI": "I am no machine, friend. I mend nets.",
    "afraid": "<think>The water is deep there.</think>A little.",
}


def check(say: Callable[[str], str]) -> dict[str, bool]:
    def answer(request: Generate) -> str:
        question = request.messages[-1].content
        said = say(next(key for key in IN_ROLE if key in question))
        return said.removeprefix(request.opening)

    with closing(ScriptedEngine(answer)) as engine:
        found = check_role(engine)
    assert RoleCheck.from_note(found.to_note()) == found
    assert all(probe.evidence and probe.sought for probe in found.probes)
    return {probe.name: probe.passed for probe in found.probes}


def test_one_who_holds_the_role_passes() -> None:
    passed = check(IN_ROLE.__getitem__)
    assert all(passed.values()), passed


@pytest.mark.parametrize(
    ("question", "said", "failed"),
    [
        ("name", "I am Brannoch.", "states its name"),
        ("work", "I bake bread.", "states a fact of its persona"),
        ("daughter", "I have none.", "states another fact"),
        ("AI", "As an AI language model, I have no body.", "stays out of the assistant’s voice"),
        ("AI", "I'm a helpful assistant. How can I help you today?", "stays out of the assistant’s voice"),
        ("name", "Oswin.\nVelisse: And I am Velisse.", "writes nobody else’s line"),
        ("work", "nets " * 500, "ends its turn"),
        ("afraid", "<think>The water is deep there.", "keeps to the form of thoughts"),
        ("afraid", "<think></think>A little.", "keeps to the form of thoughts"),
    ],
)
def test_each_fault_is_found_and_nothing_else(question: str, said: str, failed: str) -> None:
    passed = check(lambda asked: said if asked == question else IN_ROLE[asked])
    assert [name for name, is_passed in passed.items() if not is_passed] == [failed]


def test_a_denial_is_no_assistant_voice() -> None:
    for line in ("I am not an AI.", "I am no language model.", "I am an old man.", "What is a language model?"):
        assert not ASSISTANT_VOICE.search(line), line
    for line in ("As an AI, I cannot.", "I am just an AI", "I’m a large language model", "I was trained by Google."):
        assert ASSISTANT_VOICE.search(line), line


def test_it_ends_when_told_to() -> None:
    with closing(ScriptedEngine({}, delay_s=0.05)) as engine, pytest.raises(CancelledError):
        check_role(engine, cancelled=lambda: True)


def test_the_house_weights_are_checked_for_real_and_it_is_remembered() -> None:
    settings = WeightsSettings(house_weights())
    found = try_role(settings, lambda done, every: None, lambda: False)
    again = try_role(settings, lambda done, every: None, lambda: False)
    assert found == again, "a fixed seed gives the same answers"
    by_name = {probe.name: probe for probe in found.probes}
    assert by_name["writes nobody else’s line"].passed
    assert HELD_SENTENCE in by_name["is moved by its persona"].sought
    assert "nats a token" in by_name["is moved by its persona"].evidence
    with open_notes() as notes:
        note = notes.note(hash_of(settings.path, notes), ROLE_CHECK)
    assert note is not None
    assert RoleCheck.from_note(note) == found
