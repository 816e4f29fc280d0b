"""What a script says about hearing, for `core.hearing`: who is where, who knows what, and whose secrets there are."""

from collections.abc import Sequence

from core.characters.macros import expand_macros
from core.hearing.audience import Presence
from core.hearing.leaks import Secret, split_secrets, tells_secret
from core.hearing.learning import Minds
from core.hearing.perception import heard_by
from core.hearing.telling import People, Spoken
from core.playtest.script import NARRATOR_ID, USER_ID, Part, Script
from core.world.slots import SlotKind, Slots
from core.world.state import StateReader, WorldState
from models.playtest import SpeakerKind, Turn, TurnBase


def presence_in(script: Script, slots: Slots | None, state: WorldState | None) -> Presence:
    """Returns who is in the scene, and where; a script of an older version knows no places."""
    cast = [part.role_id for part in script.parts]
    if slots is None or state is None:
        return Presence(cast)
    reader = StateReader(slots, state)
    known = [role_id for role_id in cast if role_id in slots.role_codes]
    places = {role_id: place for role_id in known if (place := reader.role_place(role_id)) is not None}
    away = frozenset(role_id for role_id in known if not reader.is_present(role_id))
    adjacent = {place.id: frozenset(place.adjacent) for place in slots.story.world.places}
    return Presence(cast, away, places, adjacent)


def minds_in(slots: Slots, state: WorldState, speaker_id: str = "", told_at: WorldState | None = None) -> Minds:
    """Returns what each role has to do with each fact.

    Args:
        speaker_id: The role that speaks, which knows only what it knew then.
        told_at: The state by which the speaker was told the world; None: the same.
    """

    def knowing(role_id: str, fact_id: str) -> int:
        at = told_at if told_at is not None and role_id == speaker_id else state
        return at.values[slots.index(SlotKind.KNOWLEDGE, role_id, fact_id)]

    return Minds(slots.role_codes, knowing)


def names_in(script: Script) -> dict[str, tuple[str, ...]]:
    """Returns what those may be called who can be spoken to: role id -> names; the user too."""
    names = {
        part.role_id: tuple(filter(None, (part.character.name, part.character.nickname, part.role.name)))
        for part in script.parts
    }
    return {USER_ID: (script.scenario.user_name,)} | names


def people_in(script: Script) -> People:
    """Returns the cast by what they are called."""
    return People({role_id: names for role_id, names in names_in(script).items() if role_id != USER_ID})


def secrets_in(script: Script) -> list[Secret]:
    """Returns the secrets of the cast: those of their roles and of their personas."""
    return [secret for part in script.parts for secret in split_secrets(part.role_id, _secrets_of(script, part))]


def _secrets_of(script: Script, part: Part) -> list[str]:
    texts = [part.role.secret, *part.character.persona.horizon.secrets]
    return [
        expand_macros(text, part.character.spoken_name, script.scenario.user_name) for text in texts if text.strip()
    ]


def spoken_of(turn: TurnBase, cast: Sequence[str]) -> Spoken:
    """Returns a turn as a line: what was said, by whom, and who heard it.

    Who narrates knows everything, whoever it is.
    """
    speaker_id = NARRATOR_ID if turn.kind == SpeakerKind.NARRATOR else turn.speaker_id
    hearers = cast if turn.audience is None else turn.audience
    return Spoken(turn.text, speaker_id, tuple(role_id for role_id in hearers if role_id != turn.speaker_id))


def has_heard(path: Sequence[Turn], cast: Sequence[str], people: People, role_id: str, secret: Secret) -> bool:
    """Whether a role has heard somebody tell a secret on a path."""
    heard = (turn for turn in heard_by(path, role_id) if turn.speaker_id != role_id)
    return any(tells_secret(spoken_of(turn, cast), secret, people) for turn in heard)
