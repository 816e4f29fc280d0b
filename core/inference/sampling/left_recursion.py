"""Finds rules of a grammar that begin with themselves: to follow these never ends."""

from collections.abc import Sequence

from core.errors import UserError
from core.inference.sampling.gbnf import Call, Item, Program

_MAX_STEPS = 2_000_000
"""Alternatives that may be looked at; a grammar that needs more is made to cost time."""


def refuse_left_recursion(program: Program) -> None:
    """Raises UserError if a rule may begin with itself, through other rules or behind what may be empty."""
    rules = [program.alternatives(rule) for rule in range(len(program.starts))]
    empty = _rules_that_may_be_empty(rules)
    if _has_cycle([_first_calls(alternatives, empty) for alternatives in rules]):
        raise UserError("A rule of the grammar begins with itself.", "Put something before the place where it repeats.")


def _rules_that_may_be_empty(rules: Sequence[Sequence[Sequence[Item]]]) -> set[int]:
    users: dict[int, set[int]] = {}
    for rule, alternatives in enumerate(rules):
        for item in (item for alternative in alternatives for item in alternative if isinstance(item, Call)):
            users.setdefault(item.rule, set()).add(rule)
    empty: set[int] = set()
    todo = list(range(len(rules)))
    n_steps = 0
    while todo:
        rule = todo.pop()
        n_steps += sum(map(len, rules[rule])) + 1
        if n_steps > _MAX_STEPS:
            raise UserError("The grammar is too large to follow.", "Make it shorter.")
        if rule not in empty and any(_may_be_empty(alternative, empty) for alternative in rules[rule]):
            empty.add(rule)
            todo += users.get(rule, ())
    return empty


def _may_be_empty(alternative: Sequence[Item], empty: set[int]) -> bool:
    return all(isinstance(item, Call) and item.rule in empty for item in alternative)


def _first_calls(alternatives: Sequence[Sequence[Item]], empty: set[int]) -> list[int]:
    """Returns the rules that one may begin with."""
    found = []
    for alternative in alternatives:
        for item in alternative:
            if not isinstance(item, Call):
                break
            found.append(item.rule)
            if item.rule not in empty:
                break
    return found


def _has_cycle(edges: Sequence[Sequence[int]]) -> bool:
    done = [False] * len(edges)
    for root in range(len(edges)):
        path = [(root, 0)]
        on_path = {root}
        while path and not done[root]:
            node, at = path.pop()
            if at == len(edges[node]):
                done[node] = True
                on_path.discard(node)
                continue
            path.append((node, at + 1))
            after = edges[node][at]
            if after in on_path:
                return True
            if not done[after]:
                path.append((after, 0))
                on_path.add(after)
    return False
