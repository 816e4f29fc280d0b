"""Reads the description of a population in plain words. What is not understood is said, never left out in silence."""

import re
from dataclasses import dataclass
from fractions import Fraction

from pydantic import ValidationError

from core.authoring.population.plan import OLDEST, PopulationPlan, Quota, Trait
from core.authoring.population.pools import Pools, load_pools
from core.errors import UserError

_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_NUMBERS = {word: number for number, word in enumerate(_UP_TO_TWENTY.split())} | {
    "a": 1, "an": 1, "no": 0, "dozen": 12, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100,
}  # fmt: skip
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
_AMOUNT = re.compile(
    r"^(?:(?P<percent>\d+(?:\.\d+)?)\s*(?:%|per ?cent\b)|(?P<some>\w+)\s+(?:in|out of)\s+(?P<of>\w+)\b"
    r"|(?P<top>\w+)\s+(?P<parts>thirds|quarters|fifths|tenths)\b"
    r"|(?:a\s+|one\s+)?(?P<share>half|third|quarter|fifth|tenth|all)\b|(?P<count>[\d.,]*\d|[a-z]+)\b)"
    r"\s*(?:of\s+)?(?:(?:the|them|whom|which)\b)?\s*",
    re.IGNORECASE,
)
_OVER = re.compile(r"(?:are |aged )?(?:over|above|older than) (\d+)$")
_UNDER = re.compile(r"(?:are |aged )?(?:under|below|younger than) (\d+)$")
_BETWEEN = re.compile(r"(?:are |aged )?(?:between )?(\d+)\s*(?:to|and|-|–)\s*(\d+)(?: years old)?$")
_DECADE = re.compile(r"in (?:their|her|his) (twenties|thirties|forties|fifties|sixties|seventies|eighties)$")
_DECADES = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties")


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
    pools = load_pools()
    pieces = [piece for piece in re.split(r"[,;.\n]+|\band\b(?!\s+\d+\b(?!\s+\w))", text) if piece.strip()]
    first = _take_amount(pieces[0].strip()) if pieces else None
    if first is None or not isinstance(first[0], int) or first[0] < 1:
        raise UserError(
            "How many people are there?", "Begin with a number, such as “40 villagers, half over 60, one healer”."
        )
    n_people, rest = int(first[0]), first[1]
    noun, _, setting = rest.partition(" ")
    quotas: list[Quota] = []
    unread = []
    for piece in pieces[1:]:
        quota = _read_quota(piece.strip().lower(), pools)
        if quota is None:
            unread.append(piece.strip())
        else:
            quotas.append(quota)
    try:
        plan = PopulationPlan(n_people=n_people, noun=noun or "people", setting=setting.strip(), quotas=tuple(quotas))
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise UserError(f"This population cannot be: {reason}.", "Change the numbers.") from error
    return Reading(plan, tuple(unread))


def _take_amount(piece: str) -> tuple[int | Fraction, str] | None:
    """Takes an amount from the beginning: a count or a share, and what is left."""
    match = _AMOUNT.match(piece)
    if match is None:
        return None
    rest = piece[match.end() :].strip()
    if match["percent"]:
        return Fraction(match["percent"]) / 100, rest
    if match["some"]:
        some, of = _number(match["some"]), _number(match["of"])
        return None if some is None or not of else (Fraction(some, of), rest)
    if match["parts"]:
        top = _number(match["top"])
        return None if top is None else (top * _SHARES[match["parts"].lower()], rest)
    if match["share"]:
        return _SHARES[match["share"].lower()], rest
    count = _number(match["count"])
    return None if count is None else (count, rest)


def _number(word: str) -> int | None:
    digits = word.replace(",", "").replace(".", "")
    return int(digits[:9]) if digits.isdigit() else _NUMBERS.get(word.lower())


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
        return {"about": Trait.AGE, "low": age[0], "high": age[1]}
    if what in _GENDERS:
        return {"about": Trait.GENDER, "word": _GENDERS[what]}
    if what in pools.trait_names:
        return {"about": Trait.TRAIT, "word": what}
    if not re.fullmatch(r"[\w’' -]{2,60}", what):
        return None
    if what.rsplit(maxsplit=1)[-1].endswith(("ful", "ous", "ish", "less", "able", "ant", "ive", "ind", "eaf", "ute")):
        return {"about": Trait.TRAIT, "word": what}
    return {"about": Trait.OCCUPATION, "word": _singular(what, pools)}


def _read_age(what: str) -> tuple[int, int] | None:
    if what in _AGES:
        return _AGES[what]
    if match := _OVER.match(what):
        return min(int(match[1][:4]) + 1, OLDEST), OLDEST
    if match := _UNDER.match(what):
        return 4, max(int(match[1][:4]) - 1, 4)
    if match := _BETWEEN.match(what):
        low, high = sorted((int(match[1][:4]), int(match[2][:4])))
        return min(low, OLDEST), min(high, OLDEST)
    if match := _DECADE.match(what):
        low = 20 + 10 * _DECADES.index(match[1])
        return low, low + 9
    return None


def _singular(noun: str, pools: Pools) -> str:
    if noun in pools.occupations:
        return noun
    for ending, stem in (("men", "man"), ("ies", "y"), ("ves", "fe"), ("sses", "ss"), ("s", "")):
        if noun.endswith(ending):
            return noun.removesuffix(ending) + stem
    return noun
