"""What the command line says of how the cast is run: `--policy NAME`, and `--set KEY=VALUE` where KEY is a rule."""

import json
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from core.commands.usage import WrongUsage
from core.playtest.script import Script
from core.world.conditions import ATTRIBUTES
from models.scenario import TurnPolicy
from models.stage import StageRules

_RULE = re.compile(r"(?P<part>[a-z_]+)\.(?P<name>[a-z_]+)\s*=(?P<value>.*)", re.DOTALL)
_BOUNDS = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than", "max_length": "as long as"}
RULES_OF_ROLES = frozenset({"plan.coach", "turns.weights", "turns.order", "turns.facilitator"})
"""Rules that name roles: the command line may say the name of a role, or of who plays it."""


def rule_paths() -> tuple[str, ...]:
    """Returns every rule, such as `memory.recall`, in the order of `StageRules`."""
    parts = StageRules()
    return tuple(
        f"{part}.{name}" for part in StageRules.model_fields for name in type(getattr(parts, part)).model_fields
    )


def split_changes(changes: Sequence[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Takes rules apart from what is set in the world.

    Returns:
        Rule -> its value as it was written, and the other changes as they are.

    Raises:
        WrongUsage: It looks like a rule, and there is none of that name.
    """
    rules: dict[str, Any] = {}
    others = []
    for text in changes:
        match = _RULE.fullmatch(text.strip())
        if match is None or match["name"] in ATTRIBUTES:
            others.append(text)
            continue
        path = f"{match['part']}.{match['name']}"
        if path not in rule_paths():
            raise WrongUsage(f"There is no rule “{path}”.", _nearest(path))
        value = _read(match["value"].strip())
        rules[path] = _listed(value) if isinstance(_default(path), tuple) else value
    return rules, tuple(others)


def with_rules(script: Script, changes: dict[str, Any]) -> Script:
    """Returns a script with other rules. Raises WrongUsage when one cannot have its value."""
    rules = script.rules
    for path, value in changes.items():
        rules = with_rule(rules, path, _with_ids(script, value) if path in RULES_OF_ROLES else value)
    scenario = script.scenario.model_copy(update={"stage": rules.to_document()})
    return script.model_copy(update={"scenario": scenario})


def with_rule(rules: StageRules, path: str, value: Any) -> StageRules:
    """Returns rules with another value. Raises WrongUsage when it cannot have it, with what it can."""
    try:
        return rules.with_value(path, value)
    except ValidationError as error:
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        raise WrongUsage(f"{path} cannot be “{shown}”.", _allowed(path, error)) from error


def read_policy(name: str) -> TurnPolicy:
    """Returns a policy of turn-taking. Raises WrongUsage when there is none of that name."""
    wanted = name.strip().casefold().replace("-", "_")
    if wanted in set(TurnPolicy):
        return TurnPolicy(wanted)
    raise WrongUsage(f"There is no policy “{name}”.", f"It can be {', '.join(TurnPolicy)}.")


def check_rules(changes: Sequence[str], policy: str | None) -> None:
    """Raises WrongUsage for rules and policies that mean nothing in any scenario."""
    rules, _ = split_changes(changes)
    for path, value in rules.items():
        with_rule(StageRules(), path, value)
    if policy is not None:
        read_policy(policy)


def _nearest(path: str) -> str:
    known = rule_paths()
    near = get_close_matches(path, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    part = path.partition(".")[0]
    of_part = [one for one in known if one.startswith(f"{part}.")]
    return f"There is {', '.join(of_part)}." if of_part else f"Rules are {', '.join(known)}."


def _read(text: str) -> Any:
    """Reads a value as JSON where it is a list or an object; all else is understood by the rule itself."""
    if text[:1] in {"[", "{"}:
        try:
            return json.loads(text)
        except ValueError as error:
            raise WrongUsage(f"“{text}” is not JSON.", 'Write a list such as ["Mara", "Theo"].') from error
        except RecursionError as error:
            raise WrongUsage("This value is too deep.", "Write a list or an object.") from error
    return text


def _listed(value: Any) -> Any:
    """Reads `belief, desire`, or one word, as the list that it is; what is none already stays as it is."""
    if not isinstance(value, str):
        return value
    return [one.strip() for one in value.split(",") if one.strip()]


def _default(path: str) -> Any:
    part, _, name = path.partition(".")
    return getattr(getattr(StageRules(), part), name)


def _allowed(path: str, error: ValidationError) -> str:
    """Says what a rule can be, with an example where it takes more than one value."""
    first = error.errors()[0]
    context = first.get("ctx", {})
    default = _default(path)
    if isinstance(default, tuple):
        expected = f"any of {context['expected']}" if "expected" in context else "names"
        return f"It can be {expected.replace(' or ', ', ')}, one or more with commas between them."
    if isinstance(default, dict):
        return f"It can be an object such as {_example(path)}."
    if "expected" in context:
        return f"It can be {context['expected']}."
    if isinstance(default, bool):
        return "It can be yes or no."
    bounds = [f"{words} {context[key]}" for key, words in _BOUNDS.items() if key in context]
    if bounds:
        return f"It can be {' and '.join(bounds)}."
    if isinstance(default, int | float):
        return f"It can be a {'whole number' if isinstance(default, int) else 'number'}, such as {default}."
    return f"{first['msg']}."


def _example(path: str) -> str:
    return '{"Mara": "Ask, do not tell."}' if path == "plan.coach" else '{"Mara": 0.5}'


def _with_ids(script: Script, value: Any) -> Any:
    """Puts role ids in the place of names."""
    ids = {name.casefold(): part.role_id for part in script.parts for name in (part.role.name, part.character.name)}

    def named(one: Any) -> Any:
        return ids.get(one.casefold(), one) if isinstance(one, str) else one

    if isinstance(value, dict):
        return {named(key): one for key, one in value.items()}
    return [named(one) for one in value] if isinstance(value, list) else named(value)
