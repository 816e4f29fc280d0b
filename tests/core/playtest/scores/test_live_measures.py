"""Measures that are kept along a branch give what they would give from its first turn on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.hearing.perception import ROUND_KEY
from core.playtest.directing.recasting import cast_at
from core.playtest.scores.live_measures import LIVE_METRICS, LiveMeasures
from core.playtest.tree import TurnTree, path_to
from models.playtest import Origin, SpeakerKind, Turn
from tests.core.playtest.test_folds import SCRIPT, turns

A, B, C = (part.role_id for part in SCRIPT.parts)


def say(number: int, role_id: str, text: str, audience: list[str] | None = None, in_round: int | None = None) -> Turn:
    return Turn(
        id=number,
        playtest_id="p",
        parent_id=number - 1 or None,
        number=number,
        speaker_id=role_id,
        speaker=next(part.character.name for part in SCRIPT.parts if part.role_id == role_id),
        kind=SpeakerKind.CHARACTER,
        text=text,
        origin=Origin.WEIGHTS,
        audience=audience,
        record={} if in_round is None else {ROUND_KEY: in_round},
    )


def score(measures: LiveMeasures, path: list[Turn], metric: str):
    scores = measures.score(SCRIPT, path[:-1], path[-1])
    return next(score for score in scores if score.metric == metric)


@settings(max_examples=25, deadline=None)
@given(turns(), st.data())
def test_what_is_kept_is_what_is_worked_out_anew(made: list[Turn], data: st.DataObject):
    tree, kept = TurnTree([]), LiveMeasures()
    for newest in made:
        tree.add(newest)
        turn = data.draw(st.sampled_from([*tree.turns, newest, newest]))
        if turn.kind == SpeakerKind.DIRECTOR:
            continue
        history, alone = tree.path_to(turn.parent_id), path_to(tree.turns, turn.parent_id)
        found = kept.score(cast_at(SCRIPT, history), history, turn)
        assert found == LiveMeasures().score(cast_at(SCRIPT, alone), alone, turn)
        assert [score.metric for score in found] == list(LIVE_METRICS)


def test_nobody_echoes_what_it_did_not_hear():
    path = [say(1, B, "Good evening."), say(2, C, "The silver key lies under the stone.", [B])]
    path.append(say(3, A, "The silver key lies under the stone."))
    assert score(LiveMeasures(), path, "echo").value == 0
    assert score(LiveMeasures(), path, "meaning.echo").evidence["turn"] == 1
    heard = [path[0], say(2, C, path[1].text), path[2]]
    assert score(LiveMeasures(), heard, "echo").value == 1
    assert score(LiveMeasures(), heard, "meaning.echo").evidence["turn"] == 2


def test_what_is_said_at_once_is_heard_afterwards():
    path = [say(1, A, "The key is under the stone.", in_round=1), say(2, B, "The key is under the stone.", in_round=1)]
    kept = LiveMeasures()
    score(kept, path[:1], "echo")
    assert score(kept, path, "echo").value is None
    path.append(say(3, A, "The key is under the stone.", in_round=2))
    assert score(kept, path, "echo").value == 1
    assert score(kept, path, "meaning.echo").evidence["turn"] == 2


def test_numbers_in_evidence_are_those_of_turns():
    act = say(2, C, "")
    act.kind = SpeakerKind.DIRECTOR
    path = [say(1, A, "Who took the key?"), act, say(3, B, "I took the key."), say(4, A, "You took the key?")]
    assert score(LiveMeasures(), path, "meaning.echo").evidence["turn"] == 3
    assert score(LiveMeasures(), path, "meaning.drift").evidence.get("turns", [1, 4]) == [1, 4]


def test_a_turn_without_words_is_not_scored():
    found = LiveMeasures().score(SCRIPT, [], say(1, A, " "))
    assert {score.value for score in found} == {None}
