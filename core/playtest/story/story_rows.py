"""The story of a scenario of a project, read from its rows."""

from sqlmodel import Session, col, select

from core.library.beats import beats_of, links_of
from core.world.graph import Story
from models.character import Character
from models.scenario import Role, Scenario


def read_story(session: Session, scenario: Scenario) -> Story:
    """Reads the world, the roles, the beats and the arrows of a scenario, as they are now."""
    roles = list(session.exec(select(Role).where(Role.scenario_id == scenario.id).order_by(col(Role.position))))
    cast = [role.character_id for role in roles if role.character_id]
    names = {
        character.id: (character.name, character.nickname)
        for character in session.exec(select(Character).where(col(Character.id).in_(cast)))
        if character.deleted_at is None
    }
    beats, links = beats_of(session, scenario.id), links_of(session, scenario.id)
    return Story.from_rows(scenario.world, roles, names, beats, links, scenario.stage)
