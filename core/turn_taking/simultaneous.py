"""All speak in each round, and none hears the others before it is over."""

from core.turn_taking.occasion import Decision, Occasion


def simultaneous(occasion: Occasion) -> Decision:
    """The first of the cast, in its order, who has not spoken in this round; when all have, the next round begins.

    Whoever spoke since the round began is done with it, in whatever way the line came about.
    """
    number = next((line.in_round for line in reversed(occasion.lines) if line.in_round is not None), 0) or 0
    first = next((place for place, line in enumerate(occasion.lines) if line.in_round == number), len(occasion.lines))
    done = {line.speaker_id for line in occasion.lines[first:]}
    waiting = [one for one in occasion.present if one.role_id not in done]
    if number == 0 or not waiting:
        return _in_round(occasion, number + 1, [one.role_id for one in occasion.present])
    return _in_round(occasion, number, [one.role_id for one in waiting])


def is_in_round(occasion: Occasion) -> bool:
    """Whether a round has begun in which somebody has not spoken yet."""
    rounds = [line.in_round for line in occasion.lines if line.in_round is not None]
    return bool(rounds) and simultaneous(occasion).in_round == rounds[-1]


def _in_round(occasion: Occasion, number: int, waiting: list[str]) -> Decision:
    n_all = len(occasion.present)
    place = n_all - len(waiting) + 1
    why = f"round {number}, {place} of {n_all}: nobody hears the others yet"
    return Decision(waiting[0], why, in_round=number, details={"round": number, "waiting": waiting[1:]})
