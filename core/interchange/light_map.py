"""LIGHT maps: rooms as places, agents as characters with their roles, objects as props, and back.

Everything else in the graph is kept in the original. Source: LIGHT (Urbanek et al. 2019), the JSON of its world graph.
"""

import re
from collections.abc import Iterable
from typing import Any

from core.interchange.contents import NAME, ScenarioFile
from core.interchange.loose_fields import as_line, as_name, as_table, as_text
from core.interchange.originals import rebase
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase
from models.world import Place, Prop, World

FORMAT = "light"
MAX_NODES = 10_000
_LONGEST_ID, _LONGEST_KEY = 60, 60


def is_map(document: Any) -> bool:
    """Tells whether a document is a LIGHT map."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("nodes"), dict)
        and isinstance(document.get("rooms"), list)
    )


def parse_map(document: dict[str, Any], name: str) -> tuple[list[CharacterBase], ScenarioFile]:
    """Reads a map: the characters in it, and a scenario whose roles they play."""
    characters, scenario, roles = _read(document, name)
    return characters, ScenarioFile(scenario, roles, list(range(len(roles))), {FORMAT: document, NAME: name})


def format_map(characters: list[CharacterBase | None], file: ScenarioFile) -> dict[str, Any]:
    """Writes a map: the other half of `parse_map`. `characters` are those of the roles, in order."""
    after = _write(characters, file.scenario, file.roles, file.original.get(FORMAT))
    original = file.original.get(FORMAT)
    if not isinstance(original, dict):
        return after
    before = _write(*_read(original, file.kept_name), original)
    rebased: dict[str, Any] = rebase(original, before, after)
    return rebased


def _read(document: dict[str, Any], name: str) -> tuple[list[CharacterBase], ScenarioBase, list[RoleBase]]:
    nodes = _nodes(document)
    agents = _of_kind(nodes, "agent")
    scenario = ScenarioBase(name=as_name(document.get("title"), name), world=_read_world(nodes).to_document())
    characters = [
        CharacterBase(
            name=as_name(agent.get("name"), key),
            description=as_text(agent.get("persona")),
            situation=as_text(agent.get("desc")),
        )
        for key, agent in agents.items()
    ]
    roles = [
        RoleBase(name=as_name(agent.get("name"), key), goal=as_text(agent.get("mission")), position=number)
        for number, (key, agent) in enumerate(agents.items())
    ]
    return characters, scenario, roles


def _read_world(nodes: dict[str, dict[str, Any]]) -> World:
    """Reads the rooms, who is where, and what lies or is held where."""
    rooms, agents, things = (_of_kind(nodes, kind) for kind in ("room", "agent", "object"))
    place_ids, keys = _ids(rooms), _keys(things)
    role_ids = {key: f"role{number}" for number, key in enumerate(agents)}
    role_places = {
        role_ids[key]: place_ids[at] for key, agent in agents.items() if (at := _container(agent)) in place_ids
    }
    places = [
        Place(
            id=place_ids[key],
            name=as_name(room.get("name"), key),
            description=as_text(room.get("desc")),
            adjacent=[place_ids[other] for other in as_table(room.get("neighbors")) if other in place_ids],
        )
        for key, room in rooms.items()
    ]
    props = [
        Prop(
            name=keys[key],
            description=as_text(thing.get("desc")),
            place=place_ids.get(_container(thing)),
            holder=role_ids.get(_container(thing)),
        )
        for key, thing in things.items()
    ]
    return World(places=places, props=props, role_places=role_places)


def _write(
    characters: Iterable[CharacterBase | None], scenario: ScenarioBase, roles: list[RoleBase], original: Any
) -> dict[str, Any]:
    """Writes what a scenario says of a map; nodes are called as in the original, where it has them."""
    world = World.read(scenario.world)
    nodes = _nodes(original) if isinstance(original, dict) else {}
    rooms = {own: key for key, own in _ids(_of_kind(nodes, "room")).items()}
    agents = {f"role{number}": key for number, key in enumerate(_of_kind(nodes, "agent"))}
    things = {own: key for key, own in _keys(_of_kind(nodes, "object")).items()}
    written: dict[str, Any] = {}
    for place in world.places:
        neighbors = {rooms.get(other, other): {"target_id": rooms.get(other, other)} for other in place.adjacent}
        written[rooms.get(place.id, place.id)] = _node("room", place.name, place.description, "VOID") | {
            "neighbors": neighbors
        }
    for number, (role, character) in enumerate(zip(roles, characters, strict=False)):
        own = f"role{number}"
        at = world.role_places.get(own, "")
        node = _node("agent", character.name if character else role.name, "", rooms.get(at, at or "VOID"))
        said = {"desc": character.situation, "persona": character.description} if character else {}
        written[agents.get(own, own)] = node | said | {"mission": role.goal}
    for prop in world.props:
        holder = agents.get(prop.holder or "", prop.holder)
        at = holder or rooms.get(prop.place or "", prop.place) or "VOID"
        written[things.get(prop.name, prop.name)] = _node("object", prop.name, prop.description, at)
    for key, node in written.items():
        node["node_id"] = key
    lists = {kind: [key for key, node in written.items() if node[kind[:-1]]] for kind in ("agents", "objects", "rooms")}
    return {"title": scenario.name, "nodes": written} | lists


def _node(kind: str, name: str, description: str, container: str) -> dict[str, Any]:
    kinds = {one: one == kind for one in ("agent", "object", "room")}
    return {
        "name": name.replace("_", " ") if kind == "object" else name,
        "desc": description,
        "container_node": {"target_id": container},
        **kinds,
    }


def _nodes(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    nodes = as_table(document.get("nodes"))
    return {key: node for key, node in list(nodes.items())[:MAX_NODES] if isinstance(node, dict)}


def _of_kind(nodes: dict[str, dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {key: node for key, node in nodes.items() if node.get(kind) is True}


def _container(node: dict[str, Any]) -> str:
    return as_line(as_table(node.get("container_node")).get("target_id"))


def _ids(nodes: Iterable[str]) -> dict[str, str]:
    """Node id -> id of a place."""
    return _unique({key: re.sub(r"[^A-Za-z0-9_-]+", "_", key)[:_LONGEST_ID] or "place" for key in nodes})


def _keys(nodes: Iterable[str]) -> dict[str, str]:
    """Node id -> name of a prop, which conditions can use."""
    plain = {key: re.sub(r"[^A-Za-z0-9_]+", "_", re.sub(r"_\d+\Z", "", key))[:_LONGEST_KEY] for key in nodes}
    return _unique({key: one if re.match("[A-Za-z_]", one) else f"thing_{one}" for key, one in plain.items()})


def _unique(wanted: dict[str, str]) -> dict[str, str]:
    counts: dict[str, int] = {}
    taken: set[str] = set()
    result = {}
    for key, name in wanted.items():
        candidate = name
        while candidate.casefold() in taken:  # conditions do not tell capitals apart
            counts[name] = counts.get(name, 1) + 1
            candidate = f"{name[: _LONGEST_ID - 6]}_{counts[name]}"
        taken.add(candidate.casefold())
        result[key] = candidate
    return result
