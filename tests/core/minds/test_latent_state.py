"""The state of a character, each entry with the turn that gave cause."""

from core.minds.latent_state import Aspect, latent_state
from core.minds.moment import Moment
from core.world.telling import Told
from models.scenario import RoleBase
from tests.core.minds.moments import moment, turn

PLAN = {
    "goal": "Get the key.",
    "n_since": 0,
    "steps": [
        {"text": "Ask Theo.", "status": "done", "by": 2, "n_tries": 1},
        {"text": "Search the shed.", "status": "now", "by": None, "n_tries": 0},
    ],
}


def entries(found: Moment) -> dict[tuple[str, str], tuple[str, int | None]]:
    return {(one.aspect.value, one.about): (one.text, one.cause) for one in latent_state(found)}


def test_all_aspects_with_their_causes() -> None:
    heard = [
        turn(1, "r1", "I hate you, you liar!", learned={"r0": ["f1"]}),
        turn(2, "r0", "So.", "I think that he lies.", thought={"state": "belief", "order": 1}, plan=PLAN),
        turn(3, "r2", "I trust you, dear friend."),
        turn(4, "r0", "Good.", "I think that Theo feels bad.", thought={"state": "emotion", "order": 2}),
    ]
    found = entries(
        moment(heard, role=RoleBase(goal="Get the key.", style="curt"), told=Told(facts="You know: Theo has the key."))
    )
    assert found["belief", ""] == ("I think that he lies.", 1)
    assert found["intention", ""] == ("Search the shed.", 2)
    assert found["desire", ""] == ("Get the key.", None)
    assert found["stance", "r1"] == ("wary", 1)
    assert found["stance", "r2"] == ("warm", 3)
    assert found["knowledge", ""] == ("You know: Theo has the key.", 1)
    assert found["style", ""] == ("curt", None)
    assert found["emotion", ""][1] in {1, 3}


def test_at_the_beginning_nobody_has_given_cause() -> None:
    found = latent_state(moment(role=RoleBase(goal="Sleep.", emotion="calm")))
    assert all(one.cause is None for one in found)
    assert [one.aspect for one in found] == [Aspect.DESIRE, Aspect.EMOTION, Aspect.STANCE, Aspect.STANCE]


def test_nothing_changes_where_nobody_gave_cause() -> None:
    heard = [turn(1, "r1", "I hate you, you liar!")]
    more = [*heard, turn(2, "r2", "The tide is at nine."), turn(3, "r1", "The boat is in the shed.")]
    before, after = entries(moment(heard)), entries(moment(more))
    assert after["stance", "r1"] == before["stance", "r1"]
    assert after["stance", "r2"] == before["stance", "r2"]
