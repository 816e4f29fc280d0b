"""Voices bid; the one with the highest bid is said, and what the others would have said is not."""

from core.characters.prompt import Block, BlockOrigin
from core.minds.mind import prepare
from core.minds.moment import Contribution
from core.minds.workspace import attend
from models.scenario import RoleBase
from tests.core.minds.moments import moment, rules, text_of, turn

ON = rules(mind__workspace=True)
EVERYTHING = rules(mind__workspace=True).with_value("plan.plans", True).with_value("mind.mood", True)


def test_nobody_bids_where_it_is_off_or_nothing_is_there() -> None:
    assert attend(moment(), {}) is None
    assert attend(moment(stage=ON), {}) is None


def test_the_strongest_voice_wins() -> None:
    rage = [turn(1, "r1", "I hate you, you filthy liar, I am furious!")]
    found = attend(moment(rage, ON, role=RoleBase(goal="Sell the boat.")), {})
    assert found is not None
    assert found.record["winner"] == "emotion"
    assert text_of(found).startswith("You feel angry")
    offer = [turn(1, "r1", "Will you sell the boat to me?")]
    found = attend(moment(offer, ON, role=RoleBase(goal="Sell the boat.")), {})
    assert found is not None
    assert found.record["winner"] == "goal"
    assert text_of(found) == "You want this: Sell the boat."
    norm = attend(moment([turn(1, "r1", "Swear it!")], ON, character={"boundaries": "Never swears. Never lies."}), {})
    assert text_of(norm) == "Keep to this: Never swears."


def test_memories_bid_with_what_came_back() -> None:
    memory = {"memory": Contribution((Block(BlockOrigin.RECALLED, "You remember: Theo stole the boat."),))}
    found = attend(moment([turn(1, "r1", "Who stole the boat?")], ON), memory)
    assert found is not None
    assert found.record["winner"] == "memory"
    assert all(0 <= bid["salience"] <= 1 and bid["why"] for bid in found.record["bids"])


def test_pinned_memories_are_said_in_any_case() -> None:
    note = Block(BlockOrigin.RECALLED, "You remember: Theo stole the boat.")
    heard = [turn(1, "r1", "Who stole the boat?")]
    for pinned, is_silenced in (([], True), (["t1"], False)):
        found = attend(moment(heard, ON), {"memory": Contribution((note,), {"pinned": pinned})})
        assert found is not None
        assert (BlockOrigin.RECALLED in found.silences) == is_silenced


def test_the_voice_that_won_bids_less_the_next_time() -> None:
    role = RoleBase(goal="Sell the boat.")
    first = attend(moment([turn(1, "r1", "Sell the boat?")], ON, role=role), {})
    heard = [turn(1, "r0", "Hm.", workspace={"winner": "goal"}), turn(2, "r1", "Sell the boat?")]
    second = attend(moment(heard, ON, role=role), {})
    assert first is not None
    assert second is not None
    assert second.record["bids"][0]["salience"] < first.record["bids"][0]["salience"]
    assert second.record["bids"][0]["why"].endswith("it won the last time")


def test_what_did_not_win_is_not_said() -> None:
    heard = [turn(1, "r1", "I hate you, you filthy liar, I am furious!")]
    inner = prepare(moment(heard, EVERYTHING, role=RoleBase(goal="Sell the boat.")))
    assert [note.origin for note in inner.notes] == [BlockOrigin.WORKSPACE]
    assert {"mood", "plan", "workspace"} <= set(inner.record)
