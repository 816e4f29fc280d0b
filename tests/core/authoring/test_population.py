"""Populations: quotas are exact whatever is asked, runs can be cut anywhere, and what is not understood is said."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.authoring.population.gate import MAX_DISTANCE, DuplicateGate, simhash
from core.authoring.population.keeping import add_population, keep_state, recall_state
from core.authoring.population.plan import PopulationPlan, Quota, Trait
from core.authoring.population.quotas import apportion
from core.authoring.population.rules import MAX_STATEMENT_CHARS
from core.authoring.population.run import Accepted, PopulationRun, PopulationState, Rejection, count_quota
from core.authoring.population.words import read_population
from core.errors import UserError
from core.library.characters import list_characters
from core.project import Project


@given(st.integers(0, 5_000), st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_largest_remainders_add_up_and_stay_within_one(total: int, weights: list[int]) -> None:
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    counts = apportion(total, shares)
    assert sum(counts) == total
    assert all(
        int(share * total) <= count <= -int(-share * total // 1) for share, count in zip(shares, counts, strict=True)
    )


def test_largest_remainders_go_first_to_the_largest() -> None:
    assert apportion(10, [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]) == [4, 3, 3]
    assert apportion(7, [Fraction(45, 100), Fraction(40, 100), Fraction(15, 100)]) == [3, 3, 1]
    with pytest.raises(ValueError, match="add up to 1"):
        apportion(10, [Fraction(1, 2)])


@pytest.mark.parametrize(
    ("words", "about", "amount", "rest"),
    [
        ("half over 60", Trait.AGE, Fraction(1, 2), (61, 95)),
        ("5 children", Trait.AGE, 5, (4, 13)),
        ("a third in their twenties", Trait.AGE, Fraction(1, 3), (20, 29)),
        ("two thirds between 20 and 30", Trait.AGE, Fraction(2, 3), (20, 30)),
        ("10% women", Trait.GENDER, Fraction(1, 10), "woman"),
        ("half of them men", Trait.GENDER, Fraction(1, 2), "man"),
        ("one healer", Trait.OCCUPATION, 1, "healer"),
        ("three smiths", Trait.OCCUPATION, 3, "smith"),
        ("two ferrymen", Trait.OCCUPATION, 2, "ferryman"),
        ("no blacksmiths", Trait.OCCUPATION, 0, "blacksmith"),
        ("one in ten anxious", Trait.TRAIT, Fraction(1, 10), "anxious"),
        ("2 blind", Trait.TRAIT, 2, "blind"),
    ],
)
def test_words_become_quotas(words: str, about: Trait, amount: object, rest: object) -> None:
    reading = read_population(f"40 villagers on an island, {words}")
    assert (reading.plan.n_people, reading.plan.noun, reading.plan.setting) == (40, "villagers", "on an island")
    assert reading.unread == ()
    (quota,) = reading.plan.quotas
    assert quota.about == about
    assert (quota.count if isinstance(amount, int) else quota.share) == amount
    assert rest == ((quota.low, quota.high) if about is Trait.AGE else quota.word)


def test_what_is_not_understood_is_said() -> None:
    assert read_population("40 villagers, mostly harmless, one healer").unread == ("mostly harmless",)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "How many"),
        ("villagers", "How many"),
        ("0 villagers", "How many"),
        ("999999999999 villagers", "cannot be"),
        ("10 villagers, 11 healers", "11 are more than 10"),
        ("10 villagers, 6 healers, 5 smiths", "more than all 10"),
        ("10 villagers, half over 60, half over 70", "overlap"),
        ("10 villagers, one healer, two healers", "there twice"),
    ],
)
def test_what_cannot_be_is_one_sentence(words: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        read_population(words)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    for words in (text, f"12 people, {text}"):
        try:
            reading = read_population(words)
        except UserError:
            continue
        assert reading.plan.n_people >= 1


def test_more_workers_than_grown_ups_is_said() -> None:
    with pytest.raises(UserError, match="old enough"):
        PopulationRun(PopulationState(plan=read_population("10 people, 9 children, 5 smiths").plan, seed=1))


@st.composite
def plans(draw: st.DrawFn) -> PopulationPlan:
    n_people = draw(st.integers(1, 60))
    quotas = []
    if draw(st.booleans()):
        edge = draw(st.integers(20, 70))
        quotas.append(Quota(about=Trait.AGE, low=edge, high=95, share=Fraction(draw(st.integers(0, 10)), 10)))
    if draw(st.booleans()):
        quotas.append(Quota(about=Trait.GENDER, word="woman", share=Fraction(draw(st.integers(0, 7)), 7)))
    left = n_people
    for word in draw(st.lists(st.sampled_from(["healer", "smith", "fisher"]), unique=True)):
        count = draw(st.integers(0, left))
        left -= count
        quotas.append(Quota(about=Trait.OCCUPATION, word=word, count=count))
    for word in draw(
        st.lists(st.sampled_from(["anxious", "unshakeable", "blind", "talkative"]), unique=True, max_size=1)
    ):
        quotas.append(Quota(about=Trait.TRAIT, word=word, count=draw(st.integers(0, n_people))))
    return PopulationPlan(n_people=n_people, noun="villagers", quotas=tuple(quotas))


@settings(max_examples=40, deadline=None)
@given(plans(), st.integers(0, 2**32))
def test_every_quota_is_exact(plan: PopulationPlan, seed: int) -> None:
    run = PopulationRun(PopulationState(plan=plan, seed=seed))
    list(run)
    people = run.state.characters()
    assert len(people) == plan.n_people
    for quota in plan.quotas:
        exact = quota.part_of(plan.n_people) * plan.n_people
        assert abs(count_quota(quota, people) - exact) < 1
    counts = [quota for quota in plan.quotas if quota.count is not None]
    assert [count_quota(quota, people) for quota in counts] == [quota.count for quota in counts]
    assert len({person.name.casefold() for person in people}) == len(people)
    assert all(len(line) <= MAX_STATEMENT_CHARS for person in people for line in person.statements)


def test_a_run_that_was_cut_and_kept_gives_the_same_people(tmp_path: Path) -> None:
    plan = read_population("30 sailors on a lost ship, half over 60, one cook, a third women").plan
    whole = PopulationRun(PopulationState(plan=plan, seed=7))
    events = list(whole)
    assert [event.number for event in events if isinstance(event, Accepted)] == list(range(30))
    assert [event for event in events if isinstance(event, Rejection)] == whole.state.rejections
    project = Project(tmp_path / "p.tableread")
    run = PopulationRun(PopulationState(plan=plan, seed=7))
    for event in run:
        if isinstance(event, Accepted) and event.number == 11:
            break
    keep_state(project, run.state)
    state = recall_state(project)
    assert state is not None
    assert not state.is_done
    list(PopulationRun(state))
    assert state.accepted == whole.state.accepted
    add_population(project, state)
    assert len(list_characters(project)) == 30
    assert project.undo() == "Add 30 sailors"
    assert list_characters(project) == []
    project.close()


def test_names_of_the_project_are_not_given_again() -> None:
    plan = read_population("25 villagers").plan
    first = PopulationRun(PopulationState(plan=plan, seed=3))
    list(first)
    names = frozenset(person.name for person in first.state.characters())
    again = PopulationRun(PopulationState(plan=plan, seed=3), names)
    list(again)
    assert names.isdisjoint(person.name for person in again.state.characters())
    assert again.state.reasons()["unique name"] >= 25


def test_two_thousand_people_keep_their_quotas_and_differ() -> None:
    plan = read_population("2000 citizens, a third over 60, 12 judges, 7 percent anxious, half women").plan
    run = PopulationRun(PopulationState(plan=plan, seed=1))
    list(run)
    people = run.state.characters()
    assert [count_quota(quota, people) for quota in plan.quotas] == [667, 12, 140, 1000]
    texts = {" ".join(person.statements) for person in people}
    assert len(texts) == 2000


def test_near_duplicates_are_found_and_others_are_not() -> None:
    gate = DuplicateGate()
    text = " ".join(f"word{number} is here" for number in range(60))
    gate.add(text, "Ada")
    assert gate.find_near(text) == "Ada"
    assert gate.find_near("I am a healer who lives by the sea and likes tea.") is None
    almost = text.replace("word59", "word60")
    near = (simhash(text) ^ simhash(almost)).bit_count() <= MAX_DISTANCE
    assert (gate.find_near(almost) == "Ada") is near


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20), st.sets(st.integers(0, 63), max_size=5))
def test_the_gate_finds_exactly_what_is_within_three_bits(values: list[int], flipped: set[int]) -> None:
    import core.authoring.population.gate as module

    original, module.simhash = module.simhash, int
    try:
        gate = DuplicateGate()
        for value in values:
            gate.add(str(value), str(value))
        probe = values[0]
        for place in flipped:
            probe ^= 1 << place
        expected = any((probe ^ value).bit_count() <= MAX_DISTANCE for value in values)
        assert (gate.find_near(str(probe)) is not None) is expected
    finally:
        module.simhash = original
