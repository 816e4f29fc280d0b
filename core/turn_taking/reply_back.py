"""With a probability, whoever the last speaker answered; else anybody else."""

from core.turn_taking.occasion import Decision, Occasion


def reply_back(occasion: Occasion) -> Decision:
    """With probability p the one who spoke before the last speaker; else one drawn of those who did neither.

    Source: SynDisco, the turn manager that lets a participant respond (2025). We differ: its draw of somebody else may
    fall on the interlocutor too, so that a reply comes more often than p; ours cannot while others are there, so that
    the rate of replies is p. Two who are alone always answer each other.
    """
    able = occasion.able
    spoken = occasion.spoken_ids
    last = spoken[-1] if spoken else None
    before = next((role_id for role_id in reversed(spoken) if role_id != last), None)
    partner = next((one for one in able if one.role_id == before), None)
    others = [one for one in able if one is not partner and one.role_id != last]
    if partner is not None and (not others or occasion.draw("replies") < occasion.rules.reply_probability):
        return Decision(partner.role_id, f"answers {occasion.name(last or '')}", details={"replies": True})
    why = "drawn: the talk goes on with somebody else" if spoken else "drawn to begin"
    return Decision(occasion.pick(others or able, "other").role_id, why, details={"replies": False})
