"""Who is to perceive a turn: those it is meant for, as far as they are there, and whoever overhears it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from models.stage import HearingRules

Draw = Callable[[str], float]
"""What is drawn for -> a number from 0 up to but not including 1; the same words give the same number."""
OVERHEARD_KEY = "overheard"
"""Where a turn's record keeps the role ids of those who were not meant to hear it, and did."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is in the scene, and where."""

    cast: Sequence[str]
    """Role ids of all parts."""
    away: Collection[str] = frozenset()
    """Those who have left the scene, or have not entered it yet."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Role id -> place id; a role that is missing is wherever it is needed."""
    adjacent: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Place id -> the places next to it."""

    def is_together(self, role_id: str, place_id: str | None) -> bool:
        """Whether a role is where somebody else is."""
        mine = self.places.get(role_id)
        return mine is None or place_id is None or mine == place_id

    def is_next_door(self, role_id: str, place_id: str | None) -> bool:
        """Whether a role is in a place next to one; a way that leads in one direction is enough."""
        mine = self.places.get(role_id)
        if mine is None or place_id is None or mine == place_id:
            return False
        return mine in self.adjacent.get(place_id, ()) or place_id in self.adjacent.get(mine, ())


@dataclass(frozen=True, slots=True)
class Audience:
    """Who perceives a turn beside its speaker."""

    hearers: list[str] | None
    """Role ids in the order of the cast; None: the whole cast."""
    overheard: tuple[str, ...] = ()
    """Those of them for whom it was not meant."""


def find_audience(
    speaker_id: str,
    meant: Collection[str] | None,
    presence: Presence,
    rules: HearingRules,
    draw: Draw,
    *,
    place_id: str | None = None,
    is_quiet: bool = True,
) -> Audience:
    """Returns who perceives a turn.

    Whoever has left the scene neither hears nor is heard. A whisper may be overheard by those in the same place, and
    what is said aloud by those next door; a thought by nobody.

    Args:
        meant: Whom it is for; None: everybody there; empty: nobody, it is only thought.
        place_id: Where it happens when its speaker is none of the cast; None: everywhere.
        is_quiet: What is meant for some is whispered; otherwise the others are there and take no notice.
    """
    if speaker_id in presence.away:
        return Audience([])
    place_id = presence.places.get(speaker_id, place_id) if rules.by_place else None
    there = [role_id for role_id in presence.cast if role_id != speaker_id and role_id not in presence.away]
    together = [role_id for role_id in there if presence.is_together(role_id, place_id)]
    if meant is None:
        near = [role_id for role_id in there if presence.is_next_door(role_id, place_id)]
    else:
        near = [role_id for role_id in together if role_id not in meant] if meant and is_quiet else []
        together = [role_id for role_id in together if role_id in meant]
    overheard = tuple(role_id for role_id in near if draw(f"overhears {role_id}") < rules.overhears)
    heard = {*together, *overheard}
    if heard == {*presence.cast} - {speaker_id}:
        return Audience(None, overheard)
    return Audience([role_id for role_id in presence.cast if role_id in heard], overheard)
