"""A list of roles, again and again."""

from bisect import bisect_left
from collections.abc import Sequence

from core.turn_taking.occasion import Decision, Occasion
from core.turn_taking.round_robin import round_robin


def scripted(occasion: Occasion) -> Decision:
    """The next place of the list whose role is present. Without such a place, the order of the cast.

    Where the list stands follows from the lines: each moves it behind the next place of its speaker, if there is one.
    So a line out of order takes the list along, and one of somebody who is not in it changes nothing.
    """
    order = occasion.rules.order
    places = _places(order)
    here = {one.role_id for one in occasion.candidates if one.role_id not in occasion.away}
    place = 0
    for role_id in occasion.spoken_ids:
        if role_id in places:
            place = _next(places[role_id], place) + 1
    ahead = {role_id: _next(places[role_id], place) for role_id in here if role_id in places}
    if not ahead:
        return round_robin(occasion)
    found = min(ahead.values(), key=lambda at: (at - place) % len(order))
    return Decision(order[found], f"place {found + 1} of {len(order)} in the script", details={"place": found})


def _places(order: Sequence[str]) -> dict[str, list[int]]:
    """Returns each role of a list with its places, the first one first."""
    places: dict[str, list[int]] = {}
    for at, role_id in enumerate(order):
        places.setdefault(role_id, []).append(at)
    return places


def _next(places: Sequence[int], place: int) -> int:
    """Returns the first of some places from one on, going round."""
    at = bisect_left(places, place)
    return places[at] if at < len(places) else places[0]
