"""Those who are named answer, then the talkative, by chance: SillyTavern's natural order."""

from core.turn_taking.names_said import named_in, unique
from core.turn_taking.occasion import Candidate, Decision, Occasion
from core.turn_taking.weighted import weight_of


def mention(occasion: Occasion) -> Decision:
    """Finds all who speak now, in order: the first speaks, the others wait in the queue.

    1. The last speaker is left out; after the user, or the narrator, nobody is.
    2. For each word of the last line in turn, the first of the cast in whose name it is a word.
    3. Of the others in a drawn order, whoever is at least as talkative as a number drawn for them in [0, 1).
    4. Nobody so far: one drawn of those who talk at all; of the whole cast, the last speaker too, where none does.
    5. Each once.

    Source: SillyTavern, public/scripts/group-chats.js, activateNaturalOrder (2024). We differ: a line that somebody
    did not hear does not name them, nicknames are names too, and words in other alphabets are seen.
    """
    named = named_in(occasion.last, occasion.present, occasion.last_id) if occasion.last is not None else []
    drawn, chatty = _draw_talkative(occasion)
    found = unique([*named, *drawn])
    is_fallback = not found
    if is_fallback:
        found = [occasion.pick(chatty or occasion.present, "fallback")]
    first = found[0]
    if is_fallback:
        why = "drawn, as nobody felt like talking"
    elif named:
        why = f"named by {occasion.lines[-1].speaker}"
    else:
        why = "felt like talking"
    queue = tuple(one.role_id for one in found[1:])
    details = {"named": [one.role_id for one in named], "talkative": [one.role_id for one in drawn]}
    return Decision(first.role_id, why, queue=queue, details=details)


def _draw_talkative(occasion: Occasion) -> tuple[list[Candidate], list[Candidate]]:
    """Returns who felt like talking, in a drawn order, and who talks at all."""
    drawn, chatty = [], []
    places = {one.role_id: place for place, one in enumerate(occasion.candidates)}
    for one in _shuffled(occasion):
        if one.role_id == occasion.last_id:
            continue
        talkativeness = weight_of(occasion, one)
        if talkativeness >= occasion.draw(f"talks/{places[one.role_id]}"):
            drawn.append(one)
        if talkativeness > 0:
            chatty.append(one)
    return drawn, chatty


def _shuffled(occasion: Occasion) -> list[Candidate]:
    """Returns those present in a drawn order (Fisher and Yates)."""
    order = list(occasion.present)
    for place in range(len(order) - 1, 0, -1):
        other = int(occasion.draw(f"shuffle/{place}") * (place + 1))
        order[place], order[other] = order[other], order[place]
    return order
