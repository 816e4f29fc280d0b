"""The plan of a population: how many, and how much of what."""

import re
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

MAX_PEOPLE = 10_000
YOUNGEST, OLDEST = 4, 95
"""Ages in years that people are given."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class QuotaKind(StrEnum):
    """What a quota can be about."""

    AGE = "age"
    GENDER = "gender"
    OCCUPATION = "occupation"
    TRAIT = "trait"


EXCLUSIVE = frozenset({QuotaKind.AGE, QuotaKind.GENDER, QuotaKind.OCCUPATION})
"""A person has one of each; of traits many."""


class Quota(BaseModel):
    """So many with this age, gender, occupation or trait."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: QuotaKind
    word: str = Field(default="", max_length=200)
    """The gender, occupation or trait; empty for an age."""
    low: int = Field(default=0, ge=0, le=OLDEST)
    high: int = Field(default=OLDEST, ge=0, le=OLDEST)
    """Bounds of an age in years, both included."""
    count: int | None = Field(default=None, ge=0, le=MAX_PEOPLE)
    """So many people."""
    share: Fraction | None = None
    """This part of all, in [0, 1], when no count is given."""

    @field_validator("share", mode="before")
    @classmethod
    def _read_share(cls, share: object) -> object:
        if isinstance(share, str) and not re.fullmatch(r"\d{1,15}(?:/\d{1,15})?", share):
            raise ValueError("a share is a whole number or a fraction")
        return share

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.count is None) == (self.share is None):
            raise ValueError("a quota needs either a count or a share")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError("a share is between none and all")
        if self.low > self.high:
            raise ValueError(f"nobody is over {self.low} and under {self.high}")
        if self.about is not QuotaKind.AGE and not self.word:
            raise ValueError("a quota needs a word")
        return self

    @property
    def name(self) -> str:
        """What it is about, in a word or as ages."""
        return self.word or f"{self.low}-{self.high}"

    def part_of(self, n_people: int) -> Fraction:
        """Returns which part of all it is."""
        return self.share if self.share is not None else Fraction(self.count or 0, n_people)

    def holds_age(self, age: int) -> bool:
        """Tells whether somebody of this age counts."""
        return self.low <= age <= self.high


class PopulationPlan(BaseModel):
    """How many people, what they are called together, and the quotas they keep."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n_people: int = Field(ge=1, le=MAX_PEOPLE)
    noun: Word = "people"
    setting: str = Field(default="", max_length=10_000)
    """Where they live, in the author's words; every persona is told."""
    quotas: Annotated[tuple[Quota, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for quota in self.quotas:
            if quota.count is not None and quota.count > self.n_people:
                raise ValueError(f"{quota.count:,} for “{quota.name}” are more than all {self.n_people:,}")
        for about in EXCLUSIVE:
            of_kind = [quota for quota in self.quotas if quota.about is about]
            if sum((quota.part_of(self.n_people) for quota in of_kind), Fraction()) > 1:
                raise ValueError(
                    f"the quotas of {about} are separate groups, and together more than all {self.n_people:,}"
                )
        ages = sorted((quota for quota in self.quotas if quota.about is QuotaKind.AGE), key=lambda quota: quota.low)
        for younger, older in pairwise(ages):
            if older.low <= younger.high:
                raise ValueError(f"the ages {younger.name} and {older.name} overlap, and nobody counts for both")
        words = [(quota.about, quota.word.casefold()) for quota in self.quotas if quota.word]
        if len(set(words)) < len(words):
            raise ValueError("a quota is there twice")
        return self

    @property
    def sentence(self) -> str:
        """What every persona says of the others."""
        return " ".join(["One of", f"{self.n_people:,}", self.noun, self.setting]).strip() + "."

    def of_kind(self, about: QuotaKind) -> tuple[Quota, ...]:
        """Returns the quotas of one kind."""
        return tuple(quota for quota in self.quotas if quota.about is about)
