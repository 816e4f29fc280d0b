"""Whoever spoke last says who is next."""

from core.turn_taking.names_said import named_in
from core.turn_taking.occasion import THE_CAST_DECIDES, Decision, Line, Occasion
from core.turn_taking.round_robin import round_robin

QUESTION = "{name}, who should speak next?"


def name_next(occasion: Occasion) -> Decision:
    """Whoever the last line names last; where it names nobody, whom its speaker's weights choose, see `_choose`.

    With nobody to ask, as after the user or without weights that can choose, the order of the cast.

    Source: GovSim (2024), the chat in which each speaker names the next.
    """
    last = occasion.last
    if last is None:
        return round_robin(occasion)
    named = named_in(_backwards(last), occasion.able, occasion.last_id)
    if named:
        return Decision(named[0].role_id, f"named by {last.speaker}", details={"named": [one.role_id for one in named]})
    speaker = next((one for one in occasion.present if one.role_id == last.speaker_id), None)
    if len(occasion.able) == 1 or speaker is None or speaker.is_taken:
        return round_robin(occasion)
    return _choose(occasion, last) if occasion.ask is not None else THE_CAST_DECIDES


def _choose(occasion: Occasion, last: Line) -> Decision:
    """Asks the weights of the last speaker for one of those who can be next."""
    assert occasion.ask is not None
    able = occasion.able
    shares = occasion.ask.choose(last.speaker_id, QUESTION.format(name=last.speaker), [one.name for one in able])
    if shares is None:
        return Decision(
            round_robin(occasion).role_id, f"next in order, as {last.speaker} named nobody", details={"asked": "nobody"}
        )
    best = max(range(len(able)), key=lambda place: shares[place])
    bids = {one.role_id: round(share, 4) for one, share in zip(able, shares, strict=True)}
    why = f"chosen by {last.speaker} ({shares[best]:.0%})"
    return Decision(able[best].role_id, why, bids=bids, details={"asked": "weights"})


def _backwards(line: Line) -> Line:
    """Returns a line with its words in reverse, so that the name said last comes first."""
    return Line(line.speaker_id, line.speaker, " ".join(reversed(line.text.split())), line.hearers)
