"""A list of roles, again and again."""

from core.turn_taking.occasion import Decision, Occasion
from core.turn_taking.round_robin import round_robin


def scripted(occasion: Occasion) -> Decision:
    """The next place of the list whose role is present. Without such a place, the order of the cast.

    Where the list stands follows from the lines: each moves it behind the next place of its speaker, if there is one.
    So a line out of order takes the list along, and one of somebody who is not in it changes nothing.
    """
    order = occasion.rules.order
    here = {one.role_id for one in occasion.candidates if one.role_id not in occasion.away}
    place = 0
    for role_id in occasion.spoken_ids:
        place = next((at + 1 for at in _from(place, len(order)) if order[at] == role_id), place)
    found = next((at for at in _from(place, len(order)) if order[at] in here), None)
    if found is None:
        return round_robin(occasion)
    why = f"place {found + 1} of {len(order)} in the script"
    return Decision(order[found], why, details={"place": found})


def _from(place: int, length: int) -> list[int]:
    """Returns all places of a list, beginning at one and going round."""
    return [(place + step) % length for step in range(length)]
