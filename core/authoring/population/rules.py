"""What does not fit on a board, and which writer has to write again."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from core.authoring.population.board import Board, Writer
from core.authoring.population.plan import QuotaKind
from core.authoring.population.writers import Task

ADULT = 18
GRANDPARENT = 40
MAX_STATEMENT_CHARS = 300
ADULT_WORDS = ("marry", "married", "dismissed", "inheritance", "an own child", "wine", "grandchild", "debts")
OLD_WORDS = ("grandchild",)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not fit."""

    rule: str
    owner: Writer
    why: str


def find_faults(task: Task, board: Board, names: Collection[str]) -> Iterator[Fault]:
    """Yields what is wrong with a person.

    Args:
        names: Names that others have already, folded to one case.
    """
    if board.name.casefold() in names:
        yield Fault("unique name", Writer.BASICS, f"{board.name} is taken")
    for rule, (owner, check) in RULES.items():
        why = check(task, board)
        if why:
            yield Fault(rule, owner, why)


def _age_fits(task: Task, board: Board) -> str:
    fits = any(low <= board.age <= high for low, high in task.slot.ages)
    return "" if fits else f"{board.age} is not the age of this place in the plan"


def _work_fits_age(task: Task, board: Board) -> str:
    is_childs = board.occupation in task.pools.child_occupations
    is_young = board.age < task.pools.youngest_worker
    return f"{board.occupation} at {board.age}" if is_young and not is_childs else ""


def _work_fits_plan(task: Task, board: Board) -> str:
    if task.slot.occupation is not None:
        return "" if board.occupation == task.slot.occupation else f"not {task.slot.occupation}"
    quotas = {quota.word for quota in task.plan.of_kind(QuotaKind.OCCUPATION)}
    return f"one {board.occupation} too many" if board.occupation in quotas else ""


def _gender_fits(task: Task, board: Board) -> str:
    return "" if board.gender == task.slot.gender else f"not a {task.slot.gender}"


def _traits_fit_plan(task: Task, board: Board) -> str:
    quotas = {quota.word for quota in task.plan.of_kind(QuotaKind.TRAIT)}
    has = set(board.trait_names) & quotas
    return "" if has == task.slot.traits else "not the traits of this place in the plan"


def _no_opposites(_task: Task, board: Board) -> str:
    names = {trait.name for trait in board.traits}
    return next((f"{one.name} and {one.opposite}" for one in board.traits if one.opposite in names), "")


def _factors_agree(_task: Task, board: Board) -> str:
    signs: dict[str, int] = {}
    for trait in board.traits:
        if signs.setdefault(trait.factor, trait.sign) != trait.sign:
            return f"{trait.name} against another trait of {trait.factor}"
        if (board.big_five[trait.factor] - 50) * trait.sign <= 0:
            return f"{trait.name} with {trait.factor} at {board.big_five[trait.factor]}"
    return ""


def _no_trait_twice(_task: Task, board: Board) -> str:
    return "a trait is there twice" if len(set(board.trait_names)) < len(board.trait_names) else ""


def _likes_differ(_task: Task, board: Board) -> str:
    both = {word.casefold() for word in board.likes} & {word.casefold() for word in board.dislikes}
    return f"likes and dislikes {min(both)}" if both else ""


def _ties_fit_age(task: Task, board: Board) -> str:
    return f"{board.tie} at {board.age}" if board.age < ADULT and board.tie in task.pools.adult_ties else ""


def _hopes_fit_age(_task: Task, board: Board) -> str:
    text = f"{board.aspiration} {board.secret}"
    if board.age < ADULT and (word := next((word for word in ADULT_WORDS if word in text), "")):
        return f"“{word}” at {board.age}"
    old = next((word for word in OLD_WORDS if word in text), "")
    return f"“{old}” at {board.age}" if old and board.age < GRANDPARENT else ""


def _complete(_task: Task, board: Board) -> str:
    empty = [
        name for name in ("name", "occupation", "residence", "likes", "values", "voice") if not getattr(board, name)
    ]
    return f"no {empty[0]}" if empty else ""


def _statements_short(_task: Task, board: Board) -> str:
    long = [line for line in board.statements() if len(line) > MAX_STATEMENT_CHARS or "\n" in line]
    return "a statement is more than one short line" if long else ""


RULES: dict[str, tuple[Writer, Callable[[Task, Board], str]]] = {
    "complete": (Writer.BASICS, _complete),
    "age of the plan": (Writer.BASICS, _age_fits),
    "gender of the plan": (Writer.BASICS, _gender_fits),
    "occupation of the plan": (Writer.BASICS, _work_fits_plan),
    "old enough to work": (Writer.BASICS, _work_fits_age),
    "traits of the plan": (Writer.TEMPER, _traits_fit_plan),
    "no trait twice": (Writer.TEMPER, _no_trait_twice),
    "no opposite traits": (Writer.TEMPER, _no_opposites),
    "traits agree with the five factors": (Writer.TEMPER, _factors_agree),
    "likes are not dislikes": (Writer.LIFE, _likes_differ),
    "ties fit the age": (Writer.LIFE, _ties_fit_age),
    "hopes and secrets fit the age": (Writer.VALUES, _hopes_fit_age),
    "statements are single lines": (Writer.LIFE, _statements_short),
}
"""Rule -> who writes again, and what finds the fault."""
