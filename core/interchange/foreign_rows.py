"""What files of other programs hold, as rows of a project and back: one undo step for a file."""

from dataclasses import dataclass

from sqlmodel import Session

from core.errors import UserError
from core.interchange.card_extra import members_of
from core.interchange.cards import Card
from core.interchange.character_books import take_book, with_books
from core.interchange.contents import Contents, ScenarioFile
from core.library.assets import store_asset
from core.library.lore import books_of, draft_of, insert_book
from core.library.role_ids import world_with_roles
from core.library.rows import require
from core.library.scenarios import list_roles
from core.project import Project
from models.asset import Asset
from models.character import Character, CharacterBase
from models.fields import MAX_NAME_CHARS
from models.fragment import Fragment
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from models.setting import Setting


@dataclass(frozen=True, slots=True)
class Added:
    """What a file became."""

    kind: str
    """Of the row to show first: `character`, `scenario`, `fragment` or `lorebook`."""
    entity_id: str
    name: str
    n_rows: int
    """All together."""
    warnings: tuple[str, ...] = ()


def add_contents(project: Project, contents: Contents) -> Added:
    """Adds everything in a file to a project, as one undo step. Raises UserError when there is nothing in it."""
    warnings = list(contents.warnings)
    name = _name_of(contents)
    with project.act(f"Import {name}"[:MAX_NAME_CHARS]) as session:
        characters = [_add_character(session, card, warnings) for card in contents.characters]
        scenarios = [_add_scenario(session, file, characters) for file in contents.scenarios]
        fragments = [Fragment.model_validate(fragment.model_dump()) for fragment in contents.fragments]
        session.add_all(fragments)
        session.flush()
        books = [insert_book(session, book) for book in contents.books]
        found = [("scenario", row.id) for row in scenarios]
        found += [("character", row.id) for row in characters] + [("fragment", row.id) for row in fragments]
        found += [("lorebook", row.id) for row in books]
        n_rows = len(found)
    return Added(*found[0], name, n_rows, tuple(dict.fromkeys(warnings)))


def card_of(project: Project, character_id: str) -> Card:
    """Returns a character with all that belongs into its file: portrait, books, expressions and members.

    Raises:
        UserError: It is gone.
    """
    with project.reading() as session:
        character = require(session, Character, character_id)
        return card_of_row(session, character)


def card_of_row(session: Session, character: Character, said: CharacterBase | None = None) -> Card:
    """Returns a row as a card.

    Args:
        said: What to write in place of the row's own fields, such as the character with what it inherits.
    """
    books = [draft_of(session, book) for book in books_of(session, character_id=character.id)]
    fields = with_books(said or CharacterBase.model_validate(character, from_attributes=True), books)
    fields.portrait = None
    wanted = {*members_of(fields).values(), *fields.persona.expressions.values()}
    blobs = {}
    for sha256 in wanted:
        asset = session.get(Asset, sha256)
        if asset is not None:
            blobs[sha256] = (asset.data, asset.media_type)
    portrait = session.get(Asset, character.portrait) if character.portrait else None
    picture = (portrait.data, portrait.media_type) if portrait is not None else None
    return Card(fields, picture, [], blobs)


def contents_of_scenario(project: Project, scenario_id: str) -> Contents:
    """Returns a scenario with its roles and cast, as it came in. Raises UserError when it is gone."""
    roles = list_roles(project, scenario_id)
    with project.reading() as session:
        scenario = require(session, Scenario, scenario_id)
        cast = list(dict.fromkeys(role.character_id for role in roles if role.character_id))
        rows = [row for character_id in cast if (row := session.get(Character, character_id)) is not None]
        places = {row.id: place for place, row in enumerate(rows)}
        setting = session.get(Setting, original_key(scenario_id))
        ids = {role.id: f"role{number}" for number, role in enumerate(roles)}
        fields = scenario.model_dump() | {"world": world_with_roles(scenario.world, ids)}
        file = ScenarioFile(
            ScenarioBase.model_validate(fields),
            [RoleBase.model_validate(role.model_dump() | {"character_id": None}) for role in roles],
            [places.get(role.character_id or "") for role in roles],
            setting.value if setting is not None and isinstance(setting.value, dict) else {},
        )
        return Contents(next(iter(file.original), ""), [card_of_row(session, row) for row in rows], [file])


def original_key(scenario_id: str) -> str:
    """Returns the key of the setting that keeps the document that a scenario came from."""
    return f"original:{scenario_id}"


def _name_of(contents: Contents) -> str:
    names = [file.scenario.name for file in contents.scenarios]
    names += [card.character.name for card in contents.characters] + [one.name for one in contents.fragments]
    names += [book.name or "Lorebook" for book in contents.books]
    if not names:
        raise UserError("There is nothing in this file to import.", "Choose another file.")
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _add_character(session: Session, card: Card, warnings: list[str]) -> Character:
    draft = card.character.model_copy(deep=True)
    book = take_book(draft, draft.name, warnings)
    character = Character.model_validate(draft.model_dump())
    if card.portrait is not None:
        character.portrait = store_asset(session, *card.portrait)
    for blob in card.blobs.values():
        store_asset(session, *blob)
    session.add(character)
    session.flush()
    if book is not None:
        insert_book(session, book, character_id=character.id)
    return character


def _add_scenario(session: Session, file: ScenarioFile, characters: list[Character]) -> Scenario:
    scenario = Scenario.model_validate(file.scenario.model_dump())
    session.add(scenario)
    session.flush()
    cast = [*file.cast, *[None] * (len(file.roles) - len(file.cast))]
    roles = []
    for position, (role, who) in enumerate(zip(file.roles, cast, strict=True)):
        fields = role.model_dump() | {
            "position": position,
            "scenario_id": scenario.id,
            "character_id": None if who is None else characters[who].id,
        }
        roles.append(Role.model_validate(fields))
    session.add_all(roles)
    session.flush()
    ids = dict(zip(file.role_ids, (role.id for role in roles), strict=True))
    scenario.world = world_with_roles(file.scenario.world, ids)
    session.add(scenario)
    if file.original:
        session.merge(Setting(key=original_key(scenario.id), value=file.original))
    return scenario
