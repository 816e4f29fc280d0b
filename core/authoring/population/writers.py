"""Five writers who fill the board of one person, each its own fields, from the lists that ship."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from core.authoring.population.board import FACTORS, Board, Writer
from core.authoring.population.plan import PopulationPlan, QuotaKind
from core.authoring.population.pools import Pools, TraitWord
from core.authoring.population.slots import Slot

LIKELY_DEGREES = (35, 65)
"""Between these lies a factor that no trait shows."""


@dataclass(frozen=True, slots=True)
class Task:
    """What all writers know."""

    plan: PopulationPlan
    slot: Slot
    pools: Pools


def write_basics(task: Task, board: Board, rng: random.Random) -> None:
    """Name, age, gender, occupation, home."""
    slot, pools = task.slot, task.pools
    child_work, grown_work = _other_occupations(task)
    ages = [age for low, high in slot.ages for age in range(low, high + 1)]
    if slot.occupation is None:
        ages = [age for age in ages if (child_work if age < pools.youngest_worker else grown_work)]
    elif slot.occupation not in pools.child_occupations:
        ages = [age for age in ages if age >= pools.youngest_worker]
    board.age = rng.choice(ages)
    board.gender = slot.gender
    board.name = f"{rng.choice(pools.given_names(slot.gender))} {rng.choice(pools.family)}"
    board.occupation = slot.occupation or rng.choice(child_work if board.age < pools.youngest_worker else grown_work)
    board.residence = rng.choice(pools.places)


def _other_occupations(task: Task) -> tuple[list[str], list[str]]:
    """What no quota is about: for children, and for those who are old enough to work."""
    taken = {quota.word for quota in task.plan.of_kind(QuotaKind.OCCUPATION)}
    pools = task.pools.child_occupations, task.pools.occupations
    child_work, grown_work = ([one for one in pool if one not in taken] for pool in pools)
    return child_work, grown_work


def write_temper(task: Task, board: Board, rng: random.Random) -> None:
    """Traits, the five factors that follow from them, and the mood of these days."""
    by_name = {trait.name: trait for trait in task.pools.traits}
    wanted = sorted(task.slot.traits)
    board.free_traits = [name for name in wanted if name not in by_name]
    of_quotas = {quota.word for quota in task.plan.of_kind(QuotaKind.TRAIT)}
    others = [trait for trait in task.pools.traits if trait.name not in of_quotas]
    board.traits = [by_name[name] for name in wanted if name in by_name]
    board.traits += _agreeing(board.traits, others, rng.randint(2, 3), rng)
    board.big_five = {factor: rng.randint(*LIKELY_DEGREES) for factor in FACTORS}
    for trait in board.traits:
        board.big_five[trait.factor] = 50 + trait.sign * rng.randint(20, 45)
    board.emotion = rng.choice(task.pools.emotions)


def _agreeing(has: list[TraitWord], others: list[TraitWord], n_wanted: int, rng: random.Random) -> list[TraitWord]:
    """Draws traits that show no factor both ways; fewer where there are no more."""
    signs = {trait.factor: trait.sign for trait in has}
    drawn: list[TraitWord] = []
    for trait in rng.sample(others, len(others)):
        if len(drawn) < n_wanted and signs.setdefault(trait.factor, trait.sign) == trait.sign:
            drawn.append(trait)
    return drawn


def write_values(task: Task, board: Board, rng: random.Random) -> None:
    """What matters, what is hoped for, feared and hidden."""
    board.values = rng.sample(task.pools.values, 2)
    board.aspiration = rng.choice(task.pools.aspirations)
    board.fear = rng.choice(task.pools.fears)
    board.secret = rng.choice(task.pools.secrets)


def write_life(task: Task, board: Board, rng: random.Random) -> None:
    """Likes, dislikes, a usual day, and whom they live with."""
    board.likes = rng.sample(task.pools.domains, rng.randint(2, 3))
    board.dislikes = rng.sample(task.pools.dislikes, 2)
    board.day = rng.choice(task.pools.days)
    board.tie = rng.choice(task.pools.ties)


def write_voice(task: Task, board: Board, rng: random.Random) -> None:
    """How they speak."""
    board.voice = rng.choice(task.pools.voices)


WRITERS: dict[Writer, Callable[[Task, Board, random.Random], None]] = {
    Writer.BASICS: write_basics,
    Writer.TEMPER: write_temper,
    Writer.VALUES: write_values,
    Writer.LIFE: write_life,
    Writer.VOICE: write_voice,
}
"""In the order in which they write: later ones may read what earlier ones wrote."""
