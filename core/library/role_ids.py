"""Role ids inside the documents of a scenario, replaced when a scenario is copied. Ids that are not known stay."""

from typing import Any

STAGE_TABLES = (("plan", "coach"), ("turns", "weights"))
"""Parts of the rules of a stage, and their tables with role ids as keys."""
STAGE_LISTS = (("turns", "order"),)
STAGE_ROLES = (("turns", "facilitator"), ("narrator", "role"))
"""Those that name one role."""


def world_with_roles(world: dict[str, Any], role_ids: dict[str, str]) -> dict[str, Any]:
    """Returns the document of a world with other role ids in its props, facts and places."""
    replaced = dict(world)
    if "props" in world:
        replaced["props"] = [
            prop | {"holder": role_ids.get(prop["holder"], prop["holder"])} if prop.get("holder") else prop
            for prop in world["props"]
        ]
    if "facts" in world:
        replaced["facts"] = [
            fact | {"known_by": _with_keys(fact["known_by"], role_ids)} if "known_by" in fact else fact
            for fact in world["facts"]
        ]
    if "role_places" in world:
        replaced["role_places"] = _with_keys(world["role_places"], role_ids)
    return replaced


def goals_with_roles(goals: dict[str, str], role_ids: dict[str, str]) -> dict[str, str]:
    """Returns the goals of a beat under other role ids."""
    return _with_keys(goals, role_ids)


def stage_with_roles(stage: dict[str, Any], role_ids: dict[str, str]) -> dict[str, Any]:
    """Returns the document of the rules of a stage with other role ids."""
    replaced = {name: dict(part) for name, part in stage.items()}
    for part, name in STAGE_TABLES:
        if name in replaced.get(part, {}):
            replaced[part][name] = _with_keys(replaced[part][name], role_ids)
    for part, name in STAGE_LISTS:
        if name in replaced.get(part, {}):
            replaced[part][name] = [role_ids.get(one, one) for one in replaced[part][name]]
    for part, name in STAGE_ROLES:
        if name in replaced.get(part, {}):
            replaced[part][name] = role_ids.get(replaced[part][name], replaced[part][name])
    return replaced


def _with_keys(table: dict[str, Any], role_ids: dict[str, str]) -> dict[str, Any]:
    return {role_ids.get(key, key): value for key, value in table.items()}
