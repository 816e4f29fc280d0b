"""What a user does to the beats of a scenario and the arrows between them: each function is one read, or one undo step.

Knows nothing of what conditions and effects mean, see `core.world`.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from core.errors import UserError
from core.library.rows import assign, require
from core.project import Project
from models.beat import Beat, BeatBase, BeatKind, BeatLink, BeatLinkBase
from models.fields import new_id, utc_now
from models.scenario import Role, Scenario, ScenarioBase
from models.world import World

Ends = tuple[int, int, BeatLinkBase]
"""An arrow between two beats of a list: from which index, to which, and what is written on it."""


def list_beats(project: Project, scenario_id: str) -> list[Beat]:
    """Returns the beats of a scenario, from left to right."""
    with project.reading() as session:
        return beats_of(session, scenario_id)


def list_links(project: Project, scenario_id: str) -> list[BeatLink]:
    """Returns the arrows of a scenario; those out of one beat in the order in which they are tried."""
    with project.reading() as session:
        return links_of(session, scenario_id)


def get_beat(project: Project, beat_id: str) -> Beat | None:
    """Returns one beat, or None when it is gone."""
    with project.reading() as session:
        return session.get(Beat, beat_id)


def get_link(project: Project, link_id: str) -> BeatLink | None:
    """Returns one arrow, or None when it is gone."""
    with project.reading() as session:
        return session.get(BeatLink, link_id)


def add_beat(project: Project, scenario_id: str, draft: BeatBase, from_id: str = "") -> Beat:
    """Adds a beat.

    Args:
        from_id: The beat from which an arrow leads to the new one; empty: none does.
    """
    with project.act("Add beat") as session:
        require(session, Scenario, scenario_id)
        beat = _new_beat(scenario_id, draft)
        session.add(beat)
        session.flush()
        if from_id:
            _connect(session, require(session, Beat, from_id), beat, BeatLinkBase())
    return beat


def update_beat(project: Project, beat_id: str, **fields: Any) -> None:
    """Changes fields of a beat. Raises UserError when a value is not allowed."""
    update_beats(project, {beat_id: fields})


def update_beats(project: Project, changes: Mapping[str, Mapping[str, Any]], label: str = "") -> None:
    """Changes fields of several beats at once.

    Args:
        changes: Beat id -> field -> value.
        label: The undo label; what was edited when empty.

    Raises:
        UserError: A value is not allowed, or a beat is gone; then none is changed.
    """
    with project.act(label) as session:
        for beat_id, fields in changes.items():
            beat = require(session, Beat, beat_id)
            assign(beat, BeatBase, dict(fields))
            session.add(beat)
            name = f"Edit {beat.name}" if beat.name else "Edit beat"
            session.info["label"] = label or (name if len(changes) == 1 else f"Edit {len(changes)} beats")


def move_beats(project: Project, places: Mapping[str, tuple[float, float]]) -> None:
    """Lays beats elsewhere on the canvas: beat id -> x and y in pixels at 100 %."""
    label = "Move beat" if len(places) == 1 else f"Move {len(places)} beats"
    update_beats(project, {beat_id: {"x": x, "y": y} for beat_id, (x, y) in places.items()}, label)


def add_link(project: Project, from_id: str, to_id: str, draft: BeatLinkBase | None = None) -> BeatLink:
    """Adds an arrow, which is tried after those that are there. Raises UserError when the scenarios differ."""
    with project.act("Connect beats") as session:
        return _connect(session, require(session, Beat, from_id), require(session, Beat, to_id), draft)


def update_link(project: Project, link_id: str, **fields: Any) -> None:
    """Changes fields of an arrow. Raises UserError when a value is not allowed."""
    update_links(project, {link_id: fields})


def update_links(project: Project, changes: Mapping[str, Mapping[str, Any]], label: str = "") -> None:
    """Changes fields of several arrows at once; `from_id` and `to_id` lead them elsewhere in the same scenario.

    Out of another beat than before, an arrow is tried after those that are there.

    Raises:
        UserError: A value is not allowed, or an arrow or a beat is gone; then none is changed.
    """
    with project.act(label or ("Edit way" if len(changes) == 1 else f"Edit {len(changes)} ways")) as session:
        for link_id, fields in changes.items():
            link = require(session, BeatLink, link_id)
            ends = {name: fields[name] for name in ("from_id", "to_id") if name in fields}
            for beat_id in ends.values():
                _check_same_scenario(require(session, Beat, beat_id), link.scenario_id)
            if ends.get("from_id", link.from_id) != link.from_id:
                link.position = _last_position(session, ends["from_id"])
            for name, beat_id in ends.items():
                setattr(link, name, beat_id)
            assign(link, BeatLinkBase, {name: value for name, value in fields.items() if name not in ends})
            session.add(link)
            session.flush()


def move_link(project: Project, link_id: str, position: int) -> None:
    """Changes which of the ways out of a beat is tried first: position from 0."""
    with project.act("Order ways out") as session:
        link = require(session, BeatLink, link_id)
        others = [other for other in _ways_out(session, link.from_id) if other.id != link_id]
        others.insert(max(0, position), link)
        for place, other in enumerate(others):
            other.position = place
            session.add(other)


def delete_parts(
    project: Project, scenario_id: str, beat_ids: Collection[str] = (), link_ids: Collection[str] = ()
) -> None:
    """Takes beats out of a scenario with all arrows from and to them, and other arrows. Those gone already are not
    missed.
    """
    with project.act("Delete") as session:
        links = [
            link
            for link in links_of(session, scenario_id)
            if link.id in link_ids or link.from_id in beat_ids or link.to_id in beat_ids
        ]
        beats = [beat for beat in beats_of(session, scenario_id) if beat.id in beat_ids]
        session.info["label"] = _deletion_label(beats, len(links))
        delete_rows(session, beats, links)


def insert_parts(
    project: Project, scenario_id: str, beats: Sequence[BeatBase], links: Sequence[Ends] = (), label: str = "Paste"
) -> list[Beat]:
    """Adds beats with the arrows between them, copied from this scenario or from another.

    Goals of roles and places that this scenario does not have are left out, and where it has a start already, a start
    becomes a step.
    """
    with project.act(label) as session:
        scenario = require(session, Scenario, scenario_id)
        known_roles = set(_role_ids(session, scenario_id))
        known_places = {place.id for place in World.read(scenario.world).places}
        has_start = any(beat.kind == BeatKind.START for beat in beats_of(session, scenario_id))
        rows = []
        for draft in beats:
            fields: dict[str, Any] = {"goals": {k: v for k, v in draft.goals.items() if k in known_roles}}
            if draft.place_id not in known_places:
                fields["place_id"] = None
            if draft.kind == BeatKind.START and has_start:
                fields["kind"] = BeatKind.STEP
            has_start = has_start or draft.kind == BeatKind.START
            rows.append(_new_beat(scenario_id, draft, **fields))
            session.add(rows[-1])
        session.flush()
        for from_index, to_index, link in links:
            _connect(session, rows[from_index], rows[to_index], link)
    return rows


def update_world(project: Project, scenario_id: str, world: World, label: str = "Edit world") -> None:
    """Changes the world of a scenario as a whole."""
    with project.act(label) as session:
        scenario = require(session, Scenario, scenario_id)
        assign(scenario, ScenarioBase, {"world": world.to_document()})
        scenario.updated_at = utc_now()
        session.add(scenario)


def beats_of(session: Session, scenario_id: str) -> list[Beat]:
    """Returns the beats of a scenario, from left to right."""
    query = select(Beat).where(Beat.scenario_id == scenario_id)
    return list(session.exec(query.order_by(col(Beat.x), col(Beat.y), col(Beat.id))))


def links_of(session: Session, scenario_id: str) -> list[BeatLink]:
    """Returns the arrows of a scenario; those out of one beat in the order in which they are tried."""
    query = select(BeatLink).where(BeatLink.scenario_id == scenario_id)
    return list(session.exec(query.order_by(col(BeatLink.from_id), col(BeatLink.position), col(BeatLink.id))))


def delete_rows(session: Session, beats: Sequence[Beat], links: Sequence[BeatLink]) -> None:
    """Deletes row by row, so that the ledger sees each."""
    for link in links:
        session.delete(link)
    session.flush()
    for beat in beats:
        session.delete(beat)
    session.flush()


def copy_parts(session: Session, from_scenario_id: str, to_scenario_id: str) -> list[Beat]:
    """Copies all beats and arrows of a scenario into another, under new ids; returns the new beats."""
    twins: dict[str, Beat] = {}
    for beat in beats_of(session, from_scenario_id):
        twins[beat.id] = Beat.model_validate(beat.model_dump() | {"id": new_id(), "scenario_id": to_scenario_id})
        session.add(twins[beat.id])
    session.flush()
    for link in links_of(session, from_scenario_id):
        ends = {"from_id": twins[link.from_id].id, "to_id": twins[link.to_id].id}
        session.add(BeatLink.model_validate(link.model_dump() | ends | {"id": new_id(), "scenario_id": to_scenario_id}))
    session.flush()
    return list(twins.values())


def _new_beat(scenario_id: str, draft: BeatBase, **fields: Any) -> Beat:
    base = BeatBase.model_validate(draft, from_attributes=True).model_dump()
    return Beat.model_validate(base | fields | {"id": new_id(), "scenario_id": scenario_id})


def _connect(session: Session, start: Beat, end: Beat, draft: BeatLinkBase | None = None) -> BeatLink:
    _check_same_scenario(end, start.scenario_id)
    base = BeatLinkBase.model_validate(draft or BeatLinkBase(), from_attributes=True).model_dump()
    fields = {
        "id": new_id(),
        "scenario_id": start.scenario_id,
        "from_id": start.id,
        "to_id": end.id,
        "position": _last_position(session, start.id),
    }
    link = BeatLink.model_validate(base | fields)
    session.add(link)
    session.flush()
    return link


def _last_position(session: Session, beat_id: str) -> int:
    """Returns the position after all ways out of a beat."""
    others = _ways_out(session, beat_id)
    return others[-1].position + 1 if others else 0


def _ways_out(session: Session, beat_id: str) -> list[BeatLink]:
    query = select(BeatLink).where(BeatLink.from_id == beat_id)
    return list(session.exec(query.order_by(col(BeatLink.position), col(BeatLink.id))))


def _check_same_scenario(beat: Beat, scenario_id: str) -> None:
    if beat.scenario_id != scenario_id:
        raise UserError("These two beats are of different scenarios.", "Copy one of them over first.")


def _role_ids(session: Session, scenario_id: str) -> list[str]:
    return list(session.exec(select(Role.id).where(Role.scenario_id == scenario_id)))


def _deletion_label(beats: Sequence[Beat], n_links: int) -> str:
    if len(beats) == 1:
        return f"Delete {beats[0].name}" if beats[0].name else "Delete beat"
    if beats:
        return f"Delete {len(beats)} beats"
    return "Delete way" if n_links == 1 else f"Delete {n_links} ways"
