"""What a character has to go by before its turn, and what one faculty of its mind makes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.characters.prompt import Block, BlockOrigin
from core.inference.request import Ask, Request, Result
from core.memory.stream import Streams
from core.path import fold, only
from core.world.telling import Told
from models.character import CharacterBase
from models.memory import MemoryChange
from models.playtest import Turn
from models.scenario import RoleBase
from models.stage import StageRules

MIND_KEY = "mind"
"""Where a turn's record keeps what went on in its speaker."""


class Stopped(Exception):
    """The user stopped while a character was making up its mind."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A character before its turn. Everything in it is a function of the path that leads there."""

    rules: StageRules
    role_id: str
    character: CharacterBase
    role: RoleBase
    """With what it wants in the present beat."""
    cast: Mapping[str, str]
    """Role id -> name, of the whole cast, this one included."""
    heard: Sequence[Turn]
    """The turns it perceived, oldest first, its own included."""
    number: int
    """Of the turn to come."""
    told: Told = field(default_factory=Told)
    """What the world tells it now."""
    user_name: str = "You"
    setting: str = ""
    """Place, time and situation of the scene."""
    goal_reached: bool = False
    """Whether the test of its goal holds now."""
    thinks: bool = False
    """Whether it thinks in private before it speaks."""
    changes: Sequence[MemoryChange] = ()
    """What a person did to its memories on this path, oldest first."""
    streams: Streams = field(default_factory=Streams)
    """What of its memories is worked out once and kept from turn to turn; decides nothing."""
    since: int = 0
    """Number of the turn at which it took over the part; 0: it was in the cast from the beginning."""
    drift: Sequence[tuple[int, float]] = ()
    """(turn number, nats) of its own turns, as far as they are scored: never the last turn of the path."""
    ask: Ask | None = None
    """Asks the weights that play the character; None: no weights can be asked, and what needs them is left out."""

    @property
    def own(self) -> list[Turn]:
        """Its own turns, oldest first; not those of who played the part before it."""
        me = (self.role_id, self.character.name)
        return only(self.heard, ("own", me), lambda turn: (turn.speaker_id, turn.speaker) == me)

    def last_record(self, faculty: str) -> dict[str, Any]:
        """Returns what a faculty kept in this character's last own turn that has any of it; else nothing."""
        return fold(self.own, ("last record", faculty), {}, lambda last, own: _last_record(own, faculty) or last)

    def require(self, request: Request) -> Result:
        """Asks the weights. Raises Stopped when the user stopped meanwhile."""
        assert self.ask is not None
        result = self.ask(request)
        if result is None:
            raise Stopped
        return result


def _last_record(own: Sequence[Turn], faculty: str) -> dict[str, Any]:
    for turn in reversed(own):
        mind = turn.record.get(MIND_KEY)
        record = mind.get(faculty) if isinstance(mind, dict) else None
        if isinstance(record, dict) and record:
            return record
    return {}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one faculty brings into a turn."""

    notes: tuple[Block, ...] = ()
    """Said to the character at the end of its view, where they weigh most and cost least to read."""
    record: dict[str, Any] = field(default_factory=dict)
    """What the turn keeps of it, for the X-ray and for the next turn. JSON."""
    opening: str | None = None
    """What the reply must begin with; None: as without this faculty."""
    think_tokens: int | None = None
    """Tokens that the thought may take; None: no bound of its own."""
    silences: frozenset[BlockOrigin] = frozenset()
    """Notes of faculties before it that are not said, because it says what matters."""


Faculty = Callable[[Moment, Mapping[str, Contribution]], Contribution | None]
"""Takes the moment and what the faculties before it contributed; None: nothing. Raises Stopped."""
