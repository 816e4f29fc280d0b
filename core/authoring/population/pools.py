"""The words that populations are made of: `assets/authoring/pools.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class TraitWord:
    """A trait, its opposite, and the factor of the Big Five that it shows."""

    name: str
    opposite: str
    factor: str
    sign: int
    """1: much of the factor; -1: little."""


@dataclass(frozen=True, slots=True)
class Pools:
    """All lists, in the order of the file."""

    feminine: tuple[str, ...]
    masculine: tuple[str, ...]
    family: tuple[str, ...]
    occupations: tuple[str, ...]
    child_occupations: tuple[str, ...]
    youngest_worker: int
    """In years."""
    places: tuple[str, ...]
    emotions: tuple[str, ...]
    traits: tuple[TraitWord, ...]
    values: tuple[str, ...]
    aspirations: tuple[str, ...]
    fears: tuple[str, ...]
    secrets: tuple[str, ...]
    domains: tuple[str, ...]
    dislikes: tuple[str, ...]
    days: tuple[str, ...]
    voices: tuple[str, ...]
    ties: tuple[str, ...]
    adult_ties: frozenset[str]
    """Ties that children do not have."""

    def given_names(self, gender: str) -> tuple[str, ...]:
        """Returns the given names that go with a gender; all where it is neither of two."""
        return {"woman": self.feminine, "man": self.masculine}.get(gender, self.feminine + self.masculine)

    @property
    def trait_names(self) -> frozenset[str]:
        """All traits, by name."""
        return frozenset(trait.name for trait in self.traits)


@cache
def load_pools() -> Pools:
    """Reads the lists that ship."""
    table = tomllib.loads((files("assets") / "authoring" / "pools.toml").read_text(encoding="utf-8"))
    names, work, temper, life = table["names"], table["work"], table["temper"], table["life"]
    return Pools(
        feminine=tuple(names["feminine"]),
        masculine=tuple(names["masculine"]),
        family=tuple(names["family"]),
        occupations=tuple(work["occupations"]),
        child_occupations=tuple(work["children"]),
        youngest_worker=work["youngest"],
        places=tuple(table["place"]["places"]),
        emotions=tuple(temper["emotions"]),
        traits=tuple(TraitWord(**trait) for trait in temper["traits"]),
        values=tuple(temper["values"]),
        aspirations=tuple(temper["aspirations"]),
        fears=tuple(temper["fears"]),
        secrets=tuple(temper["secrets"]),
        domains=tuple(life["domains"]),
        dislikes=tuple(life["dislikes"]),
        days=tuple(life["days"]),
        voices=tuple(life["voices"]),
        ties=tuple(life["ties"]),
        adult_ties=frozenset(life["adult_ties"]),
    )
