"""Reads the description of a population in plain words. What is not understood is said, never left out in silence."""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from pydantic import ValidationError

from core.authoring.number_words import find_numbers, number_of, read_number, write_digits
from core.authoring.population.plan import MAX_PEOPLE, OLDEST, YOUNGEST, PopulationPlan, Quota, QuotaKind
from core.authoring.population.pools import Pools, load_pools
from core.errors import UserError

MAX_CHARS = 20_000
_SHARES = {
    "all": Fraction(1),
    "half": Fraction(1, 2),
    "third": Fraction(1, 3),
    "thirds": Fraction(1, 3),
    "quarter": Fraction(1, 4),
    "quarters": Fraction(1, 4),
    "fifth": Fraction(1, 5),
    "fifths": Fraction(1, 5),
    "tenth": Fraction(1, 10),
    "tenths": Fraction(1, 10),
}
_GENDERS = {
    "women": "woman", "woman": "woman", "female": "woman", "females": "woman",
    "men": "man", "man": "man", "male": "man", "males": "man",
    "nonbinary": "nonbinary person", "non-binary": "nonbinary person",
}  # fmt: skip
_AGES = {
    "children": (4, 13), "child": (4, 13), "teenagers": (13, 19), "teenager": (13, 19), "adults": (18, OLDEST),
    "minors": (4, 17), "elderly": (65, OLDEST), "old": (65, OLDEST), "young": (15, 29), "pensioners": (65, OLDEST),
}  # fmt: skip
_ARTICLES = {"a": 1, "an": 1, "no": 0}
_SHARE_WORD = re.compile(rf"(?:a\s+|one\s+)?({'|'.join(_SHARES)})\b", re.IGNORECASE)
_PARTS = re.compile(rf"\s+({'|'.join(_SHARES)})\b", re.IGNORECASE)
_PERCENT = re.compile(r"\s*(?:%|per ?cent\b)", re.IGNORECASE)
_OUT_OF = re.compile(r"\s+(?:in|out of)\s+", re.IGNORECASE)
_EXACTLY = re.compile(r"^exactly\s+", re.IGNORECASE)
_OF_THEM = re.compile(r"\s*(?:of\s+)?(?:(?:the|them|whom|which)\b)?\s*", re.IGNORECASE)
_YEARS = r"(?: years?(?: old| of age)?)?$"
_OVER = re.compile(r"(?:are |aged )?(?:over|above|older than) (\d+)" + _YEARS)
_UNDER = re.compile(r"(?:are |aged )?(?:under|below|younger than) (\d+)" + _YEARS)
_BETWEEN = re.compile(r"(?:are |aged )?(?:between )?(\d+)\s*(?:to|and|-|–)\s*(\d+)" + _YEARS)
_DECADE = re.compile(r"in (?:their|her|his) (twenties|thirties|forties|fifties|sixties|seventies|eighties)$")
_DECADES = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties")
_SEPARATOR = re.compile(r"[,;.\n]+|\band\b", re.IGNORECASE)
_BOUNDS = (
    "about above aged almost at below between called more most named nearly over less older or than under years younger"
)
_NO_NOUNS = frozenset(_BOUNDS.split())
"""What has one of these in it is neither a trade nor a trait: it says something that was not understood."""
_TRAIT_ENDINGS = ("ful", "ous", "ish", "less", "able", "ant", "ive", "ind", "eaf", "ute")
_PEOPLE = (
    "accountant assistant attendant captive commandant constable consultant detective executive fugitive giant infant "
    "lieutenant merchant native peasant representative sergeant servant tenant"
)
_TRADES_LIKE_TRAITS = frozenset(_PEOPLE.split())


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood."""

    plan: PopulationPlan
    unread: tuple[str, ...]
    """The pieces that were not understood, in the author's words."""


def read_population(text: str) -> Reading:
    """Reads a sentence such as `40 villagers on an island, half over 60, one healer, a third women`.

    Raises:
        UserError: It does not begin with how many, or the quotas cannot be met together.
    """
    if len(text) > MAX_CHARS:
        raise UserError("This is too long to read.", f"Say it in at most {MAX_CHARS:,} characters.")
    pools = load_pools()
    pieces = _split(text)
    n_people, rest = _how_many(pieces[0] if pieces else "")
    noun, _, setting = rest.partition(" ")
    quotas: list[Quota] = []
    unread = []
    for piece in pieces[1:]:
        quota = _read_quota(piece.lower(), pools)
        if quota is None:
            unread.append(piece)
        else:
            quotas.append(quota)
    ages = _read_age(setting.strip().lower())
    if ages is not None:
        quotas.insert(0, Quota(about=QuotaKind.AGE, low=ages[0], high=ages[1], share=Fraction(1)))
    elif not any(piece.lower() in _GENDERS for piece in unread):
        quotas += _quotas_of_all(noun.lower(), quotas, n_people, pools)
    return Reading(_plan(n_people, noun or "people", "" if ages else setting.strip(), quotas), tuple(unread))


def _how_many(piece: str) -> tuple[int, str]:
    """Takes the number of people from the beginning."""
    amount, rest = _take_amount(piece) or (0, "")
    if not isinstance(amount, int) or amount < 1 or re.match(r"[^\w\s]", rest):
        raise UserError(
            "How many people are there?", "Begin with a number, such as “40 villagers, half over 60, one healer”."
        )
    if _take_amount(rest) is not None:
        raise UserError("Two numbers come first.", "Begin with how many people there are, and no more.")
    return amount, rest


def _quotas_of_all(noun: str, others: list[Quota], n_people: int, pools: Pools) -> list[Quota]:
    """What `20 sailors` or `6 children` says of everybody whom no other quota says it of."""
    kind: dict[str, object] | None = None
    if noun in _GENDERS or noun in _AGES:
        kind = _read_kind(noun, pools)
    elif singular(noun) in pools.occupations:
        kind = {"about": QuotaKind.OCCUPATION, "word": singular(noun)}
    if kind is None:
        return []
    same = [quota for quota in others if quota.about is kind["about"]]
    left = 1 - sum((quota.part_of(n_people) for quota in same), Fraction())
    if noun in _AGES:
        low, high = _AGES[noun]
        free = [age for age in range(low, high + 1) if not any(quota.holds_age(age) for quota in same)]
        is_said = not free or free != list(range(free[0], free[-1] + 1))
        kind |= {"low": free[0], "high": free[-1]} if free else {}
    else:
        is_said = any(quota.word == kind["word"] for quota in same)
    return [] if is_said or left <= 0 else [Quota.model_validate(kind | {"share": left})]


def _plan(n_people: int, noun: str, setting: str, quotas: list[Quota]) -> PopulationPlan:
    if n_people > MAX_PEOPLE:
        raise UserError(
            f"This population cannot be: {n_people:,} are too many.", f"{MAX_PEOPLE:,} can be written at a time."
        )
    try:
        return PopulationPlan(n_people=n_people, noun=noun, setting=setting, quotas=tuple(quotas))
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise UserError(f"This population cannot be: {reason}.", "Change the numbers.") from error


def _split(text: str) -> list[str]:
    """Splits at commas, stops and `and`, but never inside of a number or between two bounds of an age."""
    numbers = list(find_numbers(text))
    whole = numbers + [
        (one[0], other[1])
        for one, other in pairwise(numbers)
        if re.fullmatch(r"\s+and\s+", text[one[1] : other[0]], re.IGNORECASE)
        and re.search(r"\bbetween\s+$", text[max(0, one[0] - 20) : one[0]], re.IGNORECASE)
    ]
    inside = {place for start, end in whole for place in range(start, end)}
    pieces, start = [], 0
    for separator in _SEPARATOR.finditer(text):
        if separator.start() not in inside:
            pieces.append(text[start : separator.start()].strip())
            start = separator.end()
    return [piece for piece in [*pieces, text[start:].strip()] if piece]


def _take_amount(piece: str) -> tuple[int | Fraction, str] | None:
    """Takes an amount from the beginning: a count or a share, and what is left."""
    piece = _EXACTLY.sub("", piece)
    number = read_number(piece)
    if number is not None:
        taken = _amount_of(number.value, piece[number.end :])
    elif share := _SHARE_WORD.match(piece):
        taken = _SHARES[share[1].lower()], piece[share.end() :]
    else:
        word, _, rest = piece.partition(" ")
        taken = (_ARTICLES[word.lower()], rest) if word.lower() in _ARTICLES else None
    if taken is None:
        return None
    amount, rest = taken
    of_them = _OF_THEM.match(rest)
    return amount, rest[of_them.end() if of_them else 0 :].strip()


def _amount_of(value: int | Fraction, rest: str) -> tuple[int | Fraction, str] | None:
    """Reads what a number counts: people, per cent, thirds, or some in so many. Half a person is nobody."""
    if percent := _PERCENT.match(rest):
        return Fraction(value) / 100, rest[percent.end() :]
    if not isinstance(value, int):
        return None
    if parts := _PARTS.match(rest):
        return value * _SHARES[parts[1].lower()], rest[parts.end() :]
    if out_of := _OUT_OF.match(rest):
        of = read_number(rest, out_of.end())
        if of is not None:
            return (Fraction(value, of.value), rest[of.end :]) if isinstance(of.value, int) and of.value else None
    return value, rest


def _read_quota(piece: str, pools: Pools) -> Quota | None:
    taken = _take_amount(piece)
    if taken is None:
        return None
    amount, what = taken
    much = {"count": amount} if isinstance(amount, int) else {"share": amount}
    what = re.sub(r"^(?:of them |are |is |who are |being )+", "", what).strip()
    about = _read_kind(what, pools)
    try:
        return None if about is None else Quota.model_validate(about | much)
    except ValidationError:
        return None


def _read_kind(what: str, pools: Pools) -> dict[str, object] | None:
    """Finds what a quota is about: an age, a gender, a known trait; else an occupation."""
    age = _read_age(what)
    if age is not None:
        return {"about": QuotaKind.AGE, "low": age[0], "high": age[1]}
    if what in _GENDERS:
        return {"about": QuotaKind.GENDER, "word": _GENDERS[what]}
    if what in pools.trait_names:
        return {"about": QuotaKind.TRAIT, "word": what}
    if not re.fullmatch(r"[\w’' -]{2,60}", what) or _is_left_over(what):
        return None
    one = singular(what)
    if one in (*pools.occupations, *pools.child_occupations) or one in _TRADES_LIKE_TRAITS:
        return {"about": QuotaKind.OCCUPATION, "word": one}
    is_trait = what.rsplit(maxsplit=1)[-1].endswith(_TRAIT_ENDINGS)
    return {"about": QuotaKind.TRAIT, "word": what} if is_trait else {"about": QuotaKind.OCCUPATION, "word": one}


def _is_left_over(what: str) -> bool:
    """Whether there are more amounts or bounds in it: then it was not understood."""
    words = what.split()
    return words[0] in _ARTICLES or any(
        word in _NO_NOUNS or word in _SHARES or re.search(r"\d", word) or number_of(word) is not None for word in words
    )


def _read_age(what: str) -> tuple[int, int] | None:
    """Reads an age that somebody here can have; what nobody has is not understood."""
    what = write_digits(what)
    if what in _AGES:
        return _AGES[what]
    bounds = None
    if match := _OVER.match(what):
        bounds = int(match[1][:4]) + 1, OLDEST
    elif match := _UNDER.match(what):
        bounds = YOUNGEST, int(match[1][:4]) - 1
    elif match := _BETWEEN.match(what):
        low, high = sorted((int(match[1][:4]), int(match[2][:4])))
        bounds = max(low, YOUNGEST), min(high, OLDEST)
    elif match := _DECADE.match(what):
        low = 20 + 10 * _DECADES.index(match[1])
        bounds = low, low + 9
    return bounds if bounds is not None and bounds[0] <= bounds[1] else None


_SAME_IN_PLURAL = re.compile(r"(?:ss|us|is)$")
_ENDINGS = (
    (re.compile(r"men$"), "man"),
    (re.compile(r"(?<=.[^aeiou])ies$"), "y"),
    (re.compile(r"(?<=wi|li|ni)ves$"), "fe"),
    (re.compile(r"(?<=ol|el|al|ar)ves$"), "f"),
    (re.compile(r"(?<=ie)ves$"), "f"),
    (re.compile(r"(?<=ss|ch|sh)es$|(?<=[xz])es$"), ""),
    (re.compile(r"s$"), ""),
)
"""How plurals end, and what stands there in the singular; the first that fits."""


def singular(noun: str) -> str:
    """Returns a trade in the singular: `wolf` for `wolves`, `priestess` for `priestesses`, `boss` as it is."""
    if _SAME_IN_PLURAL.search(noun):
        return noun
    for ending, one in _ENDINGS:
        if ending.search(noun):
            return ending.sub(one, noun)
    return noun
