"""Moods follow from what was perceived, fade, and are told only when felt."""

from hypothesis import given
from hypothesis import strategies as st

from core.memory.emotion import EMOTIONS
from core.minds.mood import FELT, SLIGHT, feel, fold_mood, mood_text
from models.scenario import RoleBase
from tests.core.minds.moments import moment, rules, text_of, turn

ON = rules(mind__mood=True)


def mood_act(number: int, emotion: object, strength: object, role: str = "r0") -> object:
    return turn(number, "director", "", act={"kind": "mood", "role": role, "emotion": emotion, "strength": strength})


def test_a_threat_is_felt_and_fades() -> None:
    threat = turn(1, "r1", "I am afraid of the danger, and terrified.")
    felt = feel(moment([threat], ON), {})
    assert text_of(felt) == "You feel afraid."
    assert felt is not None
    assert felt.record["because"] == {"fear": 1}
    calm = [threat, *(turn(number, "r1", "The tide is at nine.") for number in range(2, 6))]
    assert text_of(feel(moment(calm, ON), {})) == "You feel a little afraid."
    long_calm = [threat, *(turn(number, "r1", "The tide is at nine.") for number in range(2, 12))]
    assert text_of(feel(moment(long_calm, ON), {})) == ""


def test_own_words_move_it_less_than_those_of_others() -> None:
    own, other = fold_mood([turn(1, "r0", "I hate it.")], "r0"), fold_mood([turn(1, "r1", "I hate it.")], "r0")
    anger = EMOTIONS.index("anger")
    assert 0 < own.vector[anger] < other.vector[anger]


def test_nothing_is_said_where_it_is_off_or_nothing_is_felt() -> None:
    assert feel(moment([turn(1, "r1", "I hate you!")]), {}) is None
    assert text_of(feel(moment([turn(1, "r1", "The tide is at nine.")], ON), {})) == ""


def test_the_director_sets_a_mood_even_where_the_rule_is_off() -> None:
    felt = feel(moment([mood_act(1, "anger", 0.9)]), {})
    assert text_of(felt) == "You feel angry."
    assert felt is not None
    assert felt.record["because"] == {"anger": 1}
    later = [mood_act(1, "anger", 0.9), *(turn(number, "r1", "I hate you!") for number in range(2, 14))]
    assert text_of(feel(moment(later), {})) == "", "it fades, and lines do not move it"


def test_odd_acts_change_nothing() -> None:
    odd = [mood_act(1, "anger", 7), mood_act(2, ["x"], 0.5), mood_act(3, "anger", "much"), mood_act(4, "fear", 1, "r1")]
    assert feel(moment(odd), {}) is None


def test_it_begins_as_the_role_says() -> None:
    found = feel(moment([], ON, role=RoleBase(emotion="afraid of her father")), {})
    assert text_of(found) == "You feel afraid."
    assert found is not None
    assert found.record["because"] == {}


lines = st.lists(st.tuples(st.sampled_from(["r0", "r1", "r2"]), st.text(max_size=60)), max_size=12)


@given(lines)
def test_a_mood_stays_in_its_bounds_and_is_the_same_again(lines: list[tuple[str, str]]) -> None:
    heard = [turn(number, speaker, text) for number, (speaker, text) in enumerate(lines, start=1)]
    mood = fold_mood(heard, "r0")
    assert all(0 <= value <= 1 for value in mood.vector)
    assert mood == fold_mood(heard, "r0")
    assert bool(mood_text(mood)) == any(value >= SLIGHT for value in mood.vector)
    assert 0 < SLIGHT < FELT < 1
