"""One partial assignment for each person of a population: the quotas, dealt out exactly."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from core.authoring.population.apportion import apportion
from core.authoring.population.plan import OLDEST, YOUNGEST, PopulationPlan, Quota, QuotaKind
from core.authoring.population.pools import Pools
from core.authoring.population.trait_dealing import deal_traits
from core.errors import UserError

USUAL_AGES = (18, 80)
Ages = tuple[tuple[int, int], ...]
Dealt = TypeVar("Dealt")


@dataclass(frozen=True, slots=True)
class Slot:
    """What is fixed about one person before anything is written."""

    number: int
    """From 0."""
    ages: Ages
    """Ranges of years, both ends included, of which the age must be."""
    gender: str
    occupation: str | None
    """None: any that no quota is about."""
    traits: frozenset[str]
    """Traits that this person has of those that quotas are about."""

    @property
    def youngest(self) -> int:
        """The least age that is allowed."""
        return min(low for low, _high in self.ages)

    @property
    def oldest(self) -> int:
        """The greatest age that is allowed."""
        return max(high for _low, high in self.ages)


def deal_slots(plan: PopulationPlan, seed: int, pools: Pools) -> list[Slot]:
    """Deals the quotas out. Every count is exact, whatever the seed.

    Raises:
        UserError: The quotas leave nothing for the others, more people work than are old enough, or traits that
            exclude each other are asked of more than all.
    """

    def deal(about: QuotaKind, values: Sequence[Dealt], shares: Sequence[Fraction]) -> list[Dealt]:
        counts = apportion(plan.n_people, shares)
        dealt = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
        random.Random(f"{seed}|{about}").shuffle(dealt)
        return dealt

    ages = deal(
        QuotaKind.AGE, *_with_rest(plan, QuotaKind.AGE, lambda quota: ((quota.low, quota.high),), _other_ages(plan))
    )
    genders = _deal_genders(plan, deal)
    occupations = deal(QuotaKind.OCCUPATION, *_with_rest(plan, QuotaKind.OCCUPATION, lambda quota: quota.word, None))
    traits = deal_traits(plan, seed, pools)
    slots = [
        Slot(place, ages[place], genders[place], occupations[place], frozenset(traits[place]))
        for place in range(plan.n_people)
    ]
    slots = _old_enough(slots, pools)
    _check_others_have_work(slots, plan, pools)
    return slots


def _with_rest(
    plan: PopulationPlan, about: QuotaKind, value_of: Callable[[Quota], Dealt], rest: Dealt
) -> tuple[list[Dealt], list[Fraction]]:
    """Returns the values of the quotas of one kind and their shares; what is left gets `rest`."""
    quotas = plan.of_kind(about)
    shares = [quota.part_of(plan.n_people) for quota in quotas]
    return [*map(value_of, quotas), rest], [*shares, 1 - sum(shares, Fraction())]


def _other_ages(plan: PopulationPlan) -> Ages:
    """The ages that no quota is about, so that nobody else counts towards one."""
    quotas = plan.of_kind(QuotaKind.AGE)
    for lowest, highest in (USUAL_AGES, (YOUNGEST, OLDEST)):
        free = [age for age in range(lowest, highest + 1) if not any(quota.holds_age(age) for quota in quotas)]
        if free:
            starts = [age for age in free if age - 1 not in free]
            ends = [age for age in free if age + 1 not in free]
            return tuple(zip(starts, ends, strict=True))
    if sum((quota.part_of(plan.n_people) for quota in quotas), Fraction()) < 1:
        raise UserError("The ages leave none for the others.", "Make the ranges narrower, or let them make up all.")
    return ()


def _deal_genders(plan: PopulationPlan, deal: Callable[..., list[str]]) -> list[str]:
    """What no quota is about is split evenly between women and men, or is neither when both have a quota."""
    named = {quota.word for quota in plan.of_kind(QuotaKind.GENDER)}
    others = [gender for gender in ("woman", "man") if gender not in named] or ["nonbinary person"]
    words, shares = _with_rest(plan, QuotaKind.GENDER, lambda quota: quota.word, "")
    rest = shares.pop()
    words.pop()
    return deal(QuotaKind.GENDER, [*words, *others], [*shares, *(rest / len(others) for _ in others)])


def _old_enough(slots: list[Slot], pools: Pools) -> list[Slot]:
    """Swaps occupations so that nobody works who is too young to: the counts stay."""
    grown = [slot.number for slot in slots if slot.occupation is None and slot.oldest >= pools.youngest_worker]
    swapped = list(slots)
    for slot in slots:
        is_work = slot.occupation is not None and slot.occupation not in pools.child_occupations
        if is_work and slot.oldest < pools.youngest_worker:
            if not grown:
                raise UserError("More people work than are old enough to.", "Ask for fewer children or fewer trades.")
            other = grown.pop()
            swapped[other] = replace(swapped[other], occupation=slot.occupation)
            swapped[slot.number] = replace(slot, occupation=None)
    return swapped


def _check_others_have_work(slots: list[Slot], plan: PopulationPlan, pools: Pools) -> None:
    """Refuses a plan whose quotas take every occupation that is left for somebody."""
    taken = {quota.word for quota in plan.of_kind(QuotaKind.OCCUPATION)}
    for slot in slots:
        for_child = slot.youngest < pools.youngest_worker and not taken.issuperset(pools.child_occupations)
        for_grown = slot.oldest >= pools.youngest_worker and not taken.issuperset(pools.occupations)
        if slot.occupation is None and not (for_child or for_grown):
            raise UserError(
                "The quotas leave no occupation for the others.",
                "Ask for fewer occupations, or for more people of one.",
            )
