"""Says again who a character is when it has drifted.

Source: Drift No More (methods 2.2): a reminder when a turn's drift passes the mean plus two standard deviations (of the
population) of the character's first three scored turns; then none for three own turns.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev

from core.characters.layer_text import end_sentence
from core.characters.macros import expand_macros
from core.characters.prompt import Block, BlockOrigin
from core.minds.moment import MIND_KEY, Contribution, Moment

N_FIRST = 3
DEVIATIONS = 2.0
COOL_DOWN = 3
"""Own turns after a reminder in which there is none."""
N_STATEMENTS = 3
KEY = "reminder"


def remind(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Reminds a character whose last scored turn has drifted too far."""
    if not moment.rules.mind.reminders:
        return None
    bound = drift_bound([value for _, value in moment.drift])
    if bound is None:
        return None
    number, drift = moment.drift[-1]
    if drift <= bound or _is_cooling(moment) or number <= _last_cause(moment):
        return None
    text = reminder_text(moment)
    record = {"drift": round(drift, 4), "bound": round(bound, 4), "turn": number, "text": text}
    return Contribution((Block(BlockOrigin.REMINDER, text),), record)


def drift_bound(drift: Sequence[float]) -> float | None:
    """Returns what drift may not pass, in nats, from all scored turns in order; None before there is one to judge."""
    if len(drift) <= N_FIRST:
        return None
    first = drift[:N_FIRST]
    return fmean(first) + DEVIATIONS * pstdev(first)


def reminder_text(moment: Moment) -> str:
    """Returns name, goal and the strongest statements: those that an author put first."""
    character = moment.character

    def expand(text: str) -> str:
        return end_sentence(expand_macros(text, character.spoken_name, moment.user_name).strip())

    goal = expand(moment.role.goal)
    statements = [text for text in map(expand, character.statements) if text][:N_STATEMENTS]
    parts = [f"Remember: you are {character.name}.", *statements, f"Your goal: {goal}" if goal else ""]
    return " ".join(filter(None, parts))


def _is_cooling(moment: Moment) -> bool:
    return any(_reminder(turn.record) for turn in moment.own[-COOL_DOWN:])


def _last_cause(moment: Moment) -> int:
    """Returns the number of the turn whose drift was answered last; it is not answered twice."""
    cause = moment.last_record(KEY).get("turn")
    return cause if isinstance(cause, int) else 0


def _reminder(record: Mapping[str, object]) -> bool:
    mind = record.get(MIND_KEY)
    return isinstance(mind, dict) and bool(mind.get(KEY))
