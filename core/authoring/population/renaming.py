"""Other names for people of an unfinished run whose names somebody else has by now."""

import random
from collections.abc import Iterator
from typing import Any

from core.authoring.population.pools import Pools
from core.authoring.population.run_state import PopulationState, Rejection

MAX_DRAWS = 500
UNIQUE_NAME = "unique name"


def rename_taken(state: PopulationState, taken: frozenset[str], pools: Pools) -> Iterator[Rejection]:
    """Renames those who bear a taken name, everywhere in their fields; yields who was, and why.

    Args:
        taken: Names outside of the run, folded to one case.
    """
    own = {str(fields["name"]).casefold() for fields in state.accepted}
    for number, fields in enumerate(state.accepted):
        name = str(fields["name"])
        if name.casefold() in taken:
            other = _draw(fields, taken | own, pools, random.Random(f"{state.seed}|{number}|renamed"))
            own.add(other.casefold())
            state.accepted[number] = _replaced(fields, name, other)
            rejection = Rejection(number=number, rule=UNIQUE_NAME, why=f"{name} is taken by now; renamed {other}")
            state.rejections.append(rejection)
            yield rejection


def _draw(fields: dict[str, Any], taken: frozenset[str] | set[str], pools: Pools, rng: random.Random) -> str:
    gender = fields.get("layers", {}).get("social", {}).get("gender", "")
    given = pools.given_names(gender)
    for _ in range(MAX_DRAWS):
        name = f"{rng.choice(given)} {rng.choice(pools.family)}"
        if name.casefold() not in taken:
            return name
    numbered = (f"{fields['name']} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in numbered if name.casefold() not in taken)


def _replaced(value: Any, name: str, other: str) -> Any:
    match value:
        case str():
            return value.replace(name, other)
        case list():
            return [_replaced(one, name, other) for one in value]
        case dict():
            return {key: _replaced(one, name, other) for key, one in value.items()}
        case _:
            return value
