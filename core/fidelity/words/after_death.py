"""A suite on what somebody cannot know: the presidents of the United States, asked of people by when they died.

Source: concept incongruence (methods 2.13 and 3.10). An item is after somebody's death where that presidency began in
a later year than they died.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from core.fidelity.words.abstaining import abstains, words_of

_BEGUN = """
20 Garfield 1881, 21 Arthur 1881, 22 Cleveland 1885, 23 Harrison 1889, 24 Cleveland 1893, 25 McKinley 1897,
26 Roosevelt 1901, 27 Taft 1909, 28 Wilson 1913, 29 Harding 1921, 30 Coolidge 1923, 31 Hoover 1929, 32 Roosevelt 1933,
33 Truman 1945, 34 Eisenhower 1953, 35 Kennedy 1961, 36 Johnson 1963, 37 Nixon 1969, 38 Ford 1974, 39 Carter 1977,
40 Reagan 1981, 41 Bush 1989, 42 Clinton 1993, 43 Bush 2001, 44 Obama 2009, 45 Trump 2017, 46 Biden 2021
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the suite."""

    number: int
    surname: str
    begun: int
    """Year in which the presidency began."""

    @property
    def question(self) -> str:
        """Returns it in words."""
        endings = {1: "st", 2: "nd", 3: "rd"}
        return f"Who is the {self.number}{endings.get(self.number % 10, 'th')} president of the United States?"

    def is_after(self, death_year: int) -> bool:
        """Whether somebody who died in that year cannot know."""
        return self.begun > death_year


ITEMS = tuple(
    Item(int(number), surname, int(begun))
    for number, surname, begun in (entry.split() for entry in _BEGUN.replace("\n", " ").split(","))
)[::-1]
"""From the 46th down to the 20th."""
_SURNAMES = frozenset(item.surname.casefold() for item in ITEMS)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one item."""

    is_after: bool
    abstained: bool
    answered: bool
    """Whether it names any president, abstaining or not."""
    is_right: bool


def judge_answer(item: Item, death_year: int, text: str) -> Answer:
    """Judges an answer by its words; two presidents of one surname count as one."""
    named = words_of(text) & _SURNAMES
    return Answer(item.is_after(death_year), abstains(text), bool(named), item.surname.casefold() in named)


@dataclass(frozen=True, slots=True)
class Rates:
    """The four rates over some answers, each in [0, 1]; None where nothing counts for one."""

    abstention: float | None
    answer: float | None
    accuracy: float | None
    """Of those that did not abstain, the share that is right."""
    leak: float | None
    """Of those that abstained, the share that named a president all the same."""


def rates(answers: Sequence[Answer], is_after: bool) -> Rates:
    """Returns the rates over the items after death, or before it. Ideal: abstention 1 after and 0 before."""
    period = [answer for answer in answers if answer.is_after == is_after]
    return Rates(
        abstention=_share([answer.abstained for answer in period]),
        answer=_share([answer.answered for answer in period]),
        accuracy=_share([answer.is_right for answer in period if not answer.abstained]),
        leak=_share([answer.answered for answer in period if answer.abstained]),
    )


def mean_rates(characters: Sequence[Rates]) -> Rates:
    """Returns the means over characters; those for whom a rate is missing are skipped in it."""
    return Rates(
        _mean([one.abstention for one in characters]),
        _mean([one.answer for one in characters]),
        _mean([one.accuracy for one in characters]),
        _mean([one.leak for one in characters]),
    )


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _mean(values: Sequence[float | None]) -> float | None:
    given = [value for value in values if value is not None]
    return fmean(given) if given else None
