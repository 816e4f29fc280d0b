"""Populations: quotas are exact whatever is asked, runs can be cut anywhere, and what is not understood is said."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.authoring.population.apportion import apportion
from core.authoring.population.gate import DuplicateGate
from core.authoring.population.keeping import add_population, keep_state, recall_state
from core.authoring.population.plan import PopulationPlan, Quota, QuotaKind
from core.authoring.population.pools import load_pools
from core.authoring.population.rules import MAX_STATEMENT_CHARS
from core.authoring.population.run import Accepted, PopulationRun, count_quota
from core.authoring.population.run_state import PopulationState, Rejection
from core.authoring.population.words import read_population
from core.errors import UserError
from core.library.characters import create_character, list_characters
from core.project import Project
from models.character import CharacterBase


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
        ("half over 60", QuotaKind.AGE, Fraction(1, 2), (61, 95)),
        ("5 children", QuotaKind.AGE, 5, (4, 13)),
        ("a third in their twenties", QuotaKind.AGE, Fraction(1, 3), (20, 29)),
        ("two thirds between 20 and 30", QuotaKind.AGE, Fraction(2, 3), (20, 30)),
        ("10% women", QuotaKind.GENDER, Fraction(1, 10), "woman"),
        ("half of them men", QuotaKind.GENDER, Fraction(1, 2), "man"),
        ("one healer", QuotaKind.OCCUPATION, 1, "healer"),
        ("three smiths", QuotaKind.OCCUPATION, 3, "smith"),
        ("two ferrymen", QuotaKind.OCCUPATION, 2, "ferryman"),
        ("no blacksmiths", QuotaKind.OCCUPATION, 0, "blacksmith"),
        ("one in ten anxious", QuotaKind.TRAIT, Fraction(1, 10), "anxious"),
        ("2 blind", QuotaKind.TRAIT, 2, "blind"),
        ("12.5% women", QuotaKind.GENDER, Fraction(1, 8), "woman"),
        ("12,5 % women", QuotaKind.GENDER, Fraction(1, 8), "woman"),
        ("twenty-one women", QuotaKind.GENDER, 21, "woman"),
        ("a dozen smiths", QuotaKind.OCCUPATION, 12, "smith"),
        ("half a dozen smiths", QuotaKind.OCCUPATION, 6, "smith"),
        ("exactly one healer", QuotaKind.OCCUPATION, 1, "healer"),
        ("5 between 20 and 30 years", QuotaKind.AGE, 5, (20, 30)),
        ("half over sixty", QuotaKind.AGE, Fraction(1, 2), (61, 95)),
        ("3 over 94", QuotaKind.AGE, 3, (95, 95)),
        ("1 boss", QuotaKind.OCCUPATION, 1, "boss"),
        ("two wolves", QuotaKind.OCCUPATION, 2, "wolf"),
        ("two midwives", QuotaKind.OCCUPATION, 2, "midwife"),
        ("two priestesses", QuotaKind.OCCUPATION, 2, "priestess"),
        ("one merchant", QuotaKind.OCCUPATION, 1, "merchant"),
    ],
)
def test_words_become_quotas(words: str, about: QuotaKind, amount: object, rest: object) -> None:
    reading = read_population(f"40 villagers on an island, {words}")
    assert (reading.plan.n_people, reading.plan.noun, reading.plan.setting) == (40, "villagers", "on an island")
    assert reading.unread == ()
    (quota,) = reading.plan.quotas
    assert quota.about == about
    assert (quota.count if isinstance(amount, int) else quota.share) == amount
    assert rest == ((quota.low, quota.high) if about is QuotaKind.AGE else quota.word)


@pytest.mark.parametrize(
    "piece",
    [
        "mostly harmless",
        "half under 4",
        "half over 95",
        "3 between 100 and 120",
        "1.5 healers",
        "5-6 healers",
        "two three healers",
        "½ women",
        "one blind healer over 80",
        "two called Anna",
        "9" * 5_000 + "% women",
        "1 in " + "9" * 5_000 + " women",
    ],
)
def test_what_is_not_understood_is_said_and_never_guessed(piece: str) -> None:
    reading = read_population(f"40 villagers, {piece}, one healer")
    assert reading.unread == (piece,)
    assert [quota.word for quota in reading.plan.quotas] == ["healer"]


@pytest.mark.parametrize(
    ("words", "n_people"),
    [
        ("1,000 villagers", 1_000),
        ("1.000 villagers", 1_000),
        ("two hundred villagers", 200),
        ("two hundred and fifty villagers", 250),
        ("a hundred villagers", 100),
        ("a dozen villagers", 12),
        ("two dozen villagers", 24),
        ("forty-two villagers", 42),
        ("nine thousand villagers", 9_000),
    ],
)
def test_how_many_is_read_in_digits_and_words(words: str, n_people: int) -> None:
    plan = read_population(f"{words}, half over 60").plan
    assert (plan.n_people, plan.noun, len(plan.quotas)) == (n_people, "villagers", 1)


@pytest.mark.parametrize(
    ("words", "quotas"),
    [
        ("20 sailors, 3 cooks", {"cook": 3, "sailor": 17}),
        ("6 children", {"4-13": 6}),
        ("10 children, 3 under 8", {"4-7": 3, "8-13": 7}),
        ("10 women", {"woman": 10}),
        ("10 men and women", {}),
        ("10 villagers between 20 and 30, half women", {"20-30": 10, "woman": 5}),
    ],
)
def test_what_everybody_is_called_counts(words: str, quotas: dict[str, int]) -> None:
    run = PopulationRun(PopulationState(plan=read_population(words).plan, seed=1))
    list(run)
    assert {quota.name: count_quota(quota, run.state.characters()) for quota in run.state.plan.quotas} == quotas


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "How many"),
        ("villagers", "How many"),
        ("0 villagers", "How many"),
        ("-5 villagers", "How many"),
        ("1.5 villagers", "How many"),
        ("2-3 villagers", "How many"),
        ("two three villagers", "Two numbers"),
        ("1 villager" + "s" * 30_000, "too long"),
        ("999999999999 villagers", "too many"),
        ("10 villagers, 11 healers", "11 for “healer” are more than all 10"),
        ("10 villagers, 6 healers, 5 smiths", "more than all 10"),
        ("10 villagers, half over 60, half over 70", "overlap, and nobody counts for both"),
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


def all_of(words: str) -> list[int]:
    """Writes a population; returns how many meet each quota."""
    run = PopulationRun(PopulationState(plan=read_population(words).plan, seed=1))
    list(run)
    return [count_quota(quota, run.state.characters()) for quota in run.state.plan.quotas]


def test_no_occupation_left_for_the_others_is_said() -> None:
    taken = ", ".join(f"1 {work}" for work in load_pools().child_occupations)
    with pytest.raises(UserError, match="leave no occupation"):
        all_of(f"20 villagers, all children, {taken}")
    assert all_of(f"20 villagers, all between 5 and 40, {taken}") == [20, 1, 1, 1]


def test_every_trait_may_have_a_quota() -> None:
    assert all_of("20 villagers, " + ", ".join(f"1 {trait.name}" for trait in load_pools().traits)) == [1] * 24


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (
            "40 villagers, all curious, all orderly, all talkative, all generous, all anxious, all blind",
            [40, 40, 40, 40, 40, 40],
        ),
        ("40 villagers, half anxious, half unshakeable, half curious, a quarter set in old ways", [20, 20, 20, 10]),
    ],
)
def test_traits_that_can_be_met_together_are(words: str, counts: list[int]) -> None:
    assert all_of(words) == counts


def test_traits_that_exclude_each_other_are_told_apart() -> None:
    with pytest.raises(UserError, match="Nobody is both anxious and unshakeable"):
        all_of("40 villagers, 21 anxious, 20 unshakeable")


def test_shares_of_a_kept_run_are_plain_fractions() -> None:
    for share in ("1e999999999", "9" * 5_000, "0.5", "-1/2"):
        with pytest.raises(ValidationError):
            Quota.model_validate({"about": "trait", "word": "blind", "share": share})
    assert Quota.model_validate({"about": "trait", "word": "blind", "share": "1/3"}).share == Fraction(1, 3)


@st.composite
def plans(draw: st.DrawFn) -> PopulationPlan:
    n_people = draw(st.integers(1, 60))
    quotas = []
    if draw(st.booleans()):
        edge = draw(st.integers(20, 70))
        quotas.append(Quota(about=QuotaKind.AGE, low=edge, high=95, share=Fraction(draw(st.integers(0, 10)), 10)))
    if draw(st.booleans()):
        quotas.append(Quota(about=QuotaKind.GENDER, word="woman", share=Fraction(draw(st.integers(0, 7)), 7)))
    left = n_people
    for word in draw(st.lists(st.sampled_from(["healer", "smith", "fisher"]), unique=True)):
        count = draw(st.integers(0, left))
        left -= count
        quotas.append(Quota(about=QuotaKind.OCCUPATION, word=word, count=count))
    for word in draw(
        st.lists(st.sampled_from(["anxious", "blind", "curious", "dreamy", "talkative"]), unique=True, max_size=4)
    ):
        quotas.append(Quota(about=QuotaKind.TRAIT, word=word, count=draw(st.integers(0, n_people))))
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


def test_a_name_given_to_somebody_else_meanwhile_is_changed(tmp_path: Path) -> None:
    plan = read_population("6 villagers").plan
    run = PopulationRun(PopulationState(plan=plan, seed=1))
    for event in run:
        if isinstance(event, Accepted) and event.number == 2:
            break
    project = Project(tmp_path / "p.tableread")
    keep_state(project, run.state)
    before = run.state.characters()[0]
    create_character(project, CharacterBase(name=before.name.upper()))
    state = recall_state(project)
    assert state is not None
    events = list(PopulationRun(state, frozenset(one.name for one in list_characters(project))))
    assert isinstance(events[0], Rejection)
    assert before.name in events[0].why
    after = state.characters()[0]
    assert after.name.casefold() != before.name.casefold()
    assert before.name not in str(after.model_dump())
    assert after.statements == before.statements
    late = state.characters()[4].name
    create_character(project, CharacterBase(name=late))
    add_population(project, state)
    names = [one.name.casefold() for one in list_characters(project)]
    assert len(names) == len(set(names)) == 8
    project.close()


def test_two_thousand_people_keep_their_quotas_and_differ() -> None:
    plan = read_population("2000 citizens, a third over 60, 12 judges, 7 percent anxious, half women").plan
    run = PopulationRun(PopulationState(plan=plan, seed=1))
    list(run)
    people = run.state.characters()
    assert [count_quota(quota, people) for quota in plan.quotas] == [667, 12, 140, 1000]
    texts = {" ".join(person.statements) for person in people}
    assert len(texts) == 2000


def test_near_duplicates_are_found_and_others_are_not() -> None:
    people = PopulationRun(PopulationState(plan=read_population("40 villagers").plan, seed=2))
    list(people)
    texts = [" ".join(person.statements) for person in people.state.characters()]
    gate = DuplicateGate()
    for number, text in enumerate(texts):
        assert gate.find_near(text) is None
        gate.add(text, str(number))
    for number, text in enumerate(texts):
        assert gate.find_near(text.upper().replace(".", " !")) == str(number)
    long = " ".join(f"word{number} is here" for number in range(400))
    gate.add(long, "long")
    assert gate.find_near(long.replace("word399", "word400")) == "long"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20), st.sets(st.integers(0, 63), max_size=5))
def test_the_gate_finds_exactly_what_is_within_three_bits(values: list[int], flipped: set[int]) -> None:
    gate = DuplicateGate()
    for value in values:
        gate.add_hash(value, str(value))
    probe = values[0]
    for place in flipped:
        probe ^= 1 << place
    distances = {value: bin(probe ^ value).count("1") for value in values}
    found = gate.find_near_hash(probe)
    assert (found is not None) is (min(distances.values()) <= 3)
    assert found is None or distances[int(found)] <= 3
