"""A line of advice that an author gives a role before each of its turns. Source: the coach of EPO (methods G3)."""

from collections.abc import Mapping

from core.characters.layer_text import end_sentence
from core.characters.macros import expand_macros
from core.characters.prompt import Block, BlockOrigin
from core.minds.moment import Contribution, Moment


def advise(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Says the author's line."""
    line = moment.rules.plan.coach.get(moment.role_id, "")
    text = end_sentence(expand_macros(line, moment.character.spoken_name, moment.user_name))
    if not text:
        return None
    return Contribution((Block(BlockOrigin.COACH, f"Advice for you: {text}"),), {"text": text})
