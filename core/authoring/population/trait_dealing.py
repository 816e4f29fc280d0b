"""Deals the traits of quotas out so that nobody gets two that exclude each other."""

import random
from collections import defaultdict

from core.authoring.population.apportion import apportion
from core.authoring.population.plan import PopulationPlan, QuotaKind
from core.authoring.population.pools import Pools
from core.errors import UserError


def deal_traits(plan: PopulationPlan, seed: int, pools: Pools) -> list[set[str]]:
    """Returns the traits of each place in the plan.

    Traits that show much of a factor of the Big Five, and those that show little of it, go to different people.

    Raises:
        UserError: They are asked of more people than there are.
    """
    counts = {}
    for quota in plan.of_kind(QuotaKind.TRAIT):
        part = quota.part_of(plan.n_people)
        counts[quota.word] = apportion(plan.n_people, [part, 1 - part])[0]
    known = {trait.name: trait for trait in pools.traits}
    sides: dict[str, dict[int, list[str]]] = defaultdict(lambda: {1: [], -1: []})
    for word in counts:
        if word in known:
            sides[known[word].factor][known[word].sign].append(word)
    everybody = list(range(plan.n_people))
    places = dict.fromkeys(counts, everybody)
    for factor, of_sign in sides.items():
        much, little = _split(everybody, of_sign, counts, random.Random(f"{seed}|{factor}"))
        places |= dict.fromkeys(of_sign[1], much) | dict.fromkeys(of_sign[-1], little)
    dealt: list[set[str]] = [set() for _ in everybody]
    for word, count in counts.items():
        for place in random.Random(f"{seed}|{word}").sample(places[word], count):
            dealt[place].add(word)
    return dealt


def _split(
    everybody: list[int], of_sign: dict[int, list[str]], counts: dict[str, int], rng: random.Random
) -> tuple[list[int], list[int]]:
    """Splits people into those who may show much of a factor and those who may show little, as the counts need."""
    most, least = (max((counts[word] for word in of_sign[sign]), default=0) for sign in (1, -1))
    spare = len(everybody) - most - least
    if spare < 0:
        one, other = (max(of_sign[sign], key=counts.__getitem__) for sign in (1, -1))
        raise UserError(
            f"Nobody is both {one} and {other}, and {most:,} and {least:,} are more than all {len(everybody):,}.",
            "Ask for fewer of one of them.",
        )
    edge = most + (spare * most // (most + least) if most + least else 0)
    mixed = rng.sample(everybody, len(everybody))
    return sorted(mixed[:edge]), sorted(mixed[edge:])
