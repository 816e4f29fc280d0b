"""A scenario as the checker and the stage see it: its world, its roles, its beats and the ways between them.

Plain data, made of rows, of a document of a pack or of the script of a playtest.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import UserError
from models.beat import Beat, BeatBase, BeatKind, BeatLink, BeatLinkBase
from models.scenario import Role
from models.stage import HearingRules, NarratorMode, StageRules
from models.world import World

MAX_PARTS = 20_000


class StoryRole(BaseModel):
    """A role, and all the names that conditions may call it by."""

    model_config = ConfigDict(frozen=True)

    id: str
    names: tuple[str, ...] = ()
    """The first is the one that is shown."""
    is_cast: bool = True

    @property
    def name(self) -> str:
        """The name that is shown."""
        return self.names[0] if self.names else "a role without a name"


class StoryBeat(BeatBase):
    """A beat and its id."""

    id: str

    @property
    def title(self) -> str:
        """Its name, or words that stand for it."""
        return self.name.strip() or "a beat without a name"


class StoryLink(BeatLinkBase):
    """An arrow, its id, and what it connects."""

    id: str
    from_id: str
    to_id: str


class Story(BaseModel):
    """All that decides where a scene can go."""

    model_config = ConfigDict(frozen=True)

    world: World = World()
    roles: tuple[StoryRole, ...] = ()
    beats: tuple[StoryBeat, ...] = ()
    links: tuple[StoryLink, ...] = ()
    hearing: HearingRules = HearingRules()
    """Whether facts are learnt by hearing them, and from where."""
    has_acts: bool = False
    """Whether characters move, and take, put and change props."""

    @classmethod
    def from_rows(
        cls,
        world: Mapping[str, Any],
        roles: Iterable[Role],
        character_names: Mapping[str, Sequence[str]],
        beats: Iterable[Beat],
        links: Iterable[BeatLink],
        stage: Mapping[str, Any] | None = None,
    ) -> Self:
        """Makes a story of the rows of a scenario.

        Args:
            character_names: Character id -> name and nickname, of those who are cast.
            stage: How the cast is run, see `models.stage.StageRules`.
        """
        rules = StageRules.read(dict(stage or {}))
        return cls(
            hearing=rules.hearing,
            has_acts=rules.narrator.mode != NarratorMode.OFF,
            world=World.read(dict(world)),
            roles=tuple(
                make_role(
                    role.id,
                    role.name,
                    character_names.get(role.character_id or "", ()),
                    role.character_id if role.character_id in character_names else None,
                )
                for role in roles
            ),
            beats=tuple(StoryBeat.model_validate(beat, from_attributes=True) for beat in beats),
            links=tuple(StoryLink.model_validate(link, from_attributes=True) for link in links),
        )

    @classmethod
    def from_document(cls, document: Any, character_names: Mapping[str, Sequence[str]]) -> Self:
        """Makes a story of the document of a scenario, as it is in a pack.

        Raises:
            UserError: It is none, or does not fit together.
        """
        if not isinstance(document, dict):
            raise UserError("This is no scenario: it is not a JSON object.", _MAKE_AGAIN)
        if not document.keys() & {"world", "beats", "links", "roles"}:
            raise UserError("This is no scenario: it has no world, no roles and no beats.", _MAKE_AGAIN)
        try:
            beats = [StoryBeat.model_validate(_known(StoryBeat, beat)) for beat in _list(document, "beats")]
            links = [StoryLink.model_validate(_known(StoryLink, link)) for link in _list(document, "links")]
            roles = [_role_of(role, character_names) for role in _list(document, "roles")]
            rules = StageRules.model_validate(document.get("stage", {}))
            story = cls(
                world=World.model_validate(document.get("world", {})),
                roles=tuple(roles),
                beats=tuple(beats),
                links=tuple(sorted(links, key=lambda link: link.position)),
                hearing=rules.hearing,
                has_acts=rules.narrator.mode != NarratorMode.OFF,
            )
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(str(step) for step in fault["loc"])
            raise UserError(f"This is no scenario: {place}: {fault['msg'][:200]}.", _MAKE_AGAIN) from error
        story.check_ends()
        return story

    def check_ends(self) -> None:
        """Raises UserError when two parts have one id, or an arrow leads nowhere."""
        beat_ids = {beat.id for beat in self.beats}
        if len(beat_ids) < len(self.beats) or len({link.id for link in self.links}) < len(self.links):
            raise UserError("This is no scenario: two of its beats or arrows have the same id.", _MAKE_AGAIN)
        for link in self.links:
            if not {link.from_id, link.to_id} <= beat_ids:
                raise UserError(f"This is no scenario: the arrow {link.id} leads to no beat.", _MAKE_AGAIN)

    @property
    def start(self) -> StoryBeat | None:
        """The beat that the scene begins in, or None."""
        return next((beat for beat in self.beats if beat.kind == BeatKind.START), None)

    def beat(self, beat_id: str | None) -> StoryBeat | None:
        """Returns the beat with this id, or None."""
        return next((beat for beat in self.beats if beat.id == beat_id), None)

    def ways_out(self) -> dict[str, list[StoryLink]]:
        """Returns the arrows out of each beat, in the order in which they are tried."""
        ways: dict[str, list[StoryLink]] = {beat.id: [] for beat in self.beats}
        for link in sorted(self.links, key=lambda link: (link.position, link.id)):
            if link.from_id in ways and link.to_id in ways:  # the script of a playtest may come from elsewhere
                ways[link.from_id].append(link)
        return ways

    @property
    def events(self) -> tuple[StoryBeat, ...]:
        """The beats that can happen wherever the scene is."""
        return tuple(beat for beat in self.beats if beat.kind == BeatKind.EVENT)


def make_role(role_id: str, name: str, character_names: Sequence[str], character_id: str | None) -> StoryRole:
    """Makes a role: its own name comes first, then those of its character."""
    names = dict.fromkeys(one.strip() for one in (name, *character_names) if one.strip())
    return StoryRole(id=role_id, names=tuple(names), is_cast=character_id is not None)


_MAKE_AGAIN = "Export it again."


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key, [])
    if not isinstance(value, list) or len(value) > MAX_PARTS:
        raise UserError(f"This is no scenario: its {key} are not a list of {MAX_PARTS:,} at most.", _MAKE_AGAIN)
    return value


def _known(model: type[BaseModel], value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in model.model_fields if name in value}


def _role_of(role: Any, character_names: Mapping[str, Sequence[str]]) -> StoryRole:
    if not isinstance(role, dict) or not isinstance(role.get("id"), str):
        raise UserError("This is no scenario: one of its roles has no id.", _MAKE_AGAIN)
    name, character_id = role.get("name", ""), role.get("character_id")
    if not isinstance(name, str) or not isinstance(character_id, str | None):
        raise UserError("This is no scenario: one of its roles has an odd name.", _MAKE_AGAIN)
    return make_role(role["id"], name, character_names.get(character_id or "", ()), character_id)
