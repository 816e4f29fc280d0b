"""A character chooses what it does, among the acts that are possible and doing nothing, on its own weights."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import UserError
from core.inference.request import OPTIONS, Ask, Choose, Chosen, Message
from core.narrator.acts import Act, ActKind
from core.narrator.affordances import describe_act, possible_acts
from core.narrator.situation import Situation

MAX_CHOICES = 9
"""Acts among which a character chooses: the list is read once for each place in it."""
NOTHING = "do nothing"
MIN_LIFT = 1.25
"""So many times likelier than chance an option must be to be preferred."""
MIN_LABEL_MASS = 0.05
"""Where labels are less likely than this as an answer, the words of the options are weighed instead."""

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a character chose; what was there to choose from is in the record."""

    act: Act | None
    """None: nothing."""
    record: dict[str, Any] = field(default_factory=dict)
    """JSON."""


def choose_act(
    situation: Situation, role_id: str, messages: Sequence[Message], wants: str, ask: Ask, lane: str
) -> Choice | None:
    """Lets a character choose; None when the user stopped meanwhile.

    An act is done when the weights clearly prefer it. Where they prefer nothing, or cannot weigh options, the act is
    done that is about something in what the character has said or wants. Nobody leaves the scene like this: that is
    done in words.

    Args:
        messages: The character's own view, which ends with what it has just said.
        wants: What it has just said, and its goal.
        lane: The sequence of its own for this.
    """
    acts = [act for act in possible_acts(situation, role_id, MAX_CHOICES + 1) if act.kind != ActKind.LEAVE]
    by_words = {describe_act(situation, act): act for act in acts[:MAX_CHOICES]}
    if not by_words:
        return Choice(None)
    options = (*by_words, NOTHING)
    question = Message("user", f"(What do you do now? Choose one.\n{OPTIONS})")
    record: dict[str, Any] = {"options": list(options)}
    shares: Sequence[float] = [1 / len(options)] * len(options)
    try:
        chosen = ask(Choose(lane, (*messages, question), options))
        if chosen is None:
            return None
        assert isinstance(chosen, Chosen)
        by_label = chosen.label_mass >= MIN_LABEL_MASS
        shares = chosen.by_label if by_label else chosen.by_token_likelihood
        record |= {"shares": [round(one, 4) for one in shares], "weighed_by": "label" if by_label else "words"}
    except UserError as error:  # a server that only writes, or a view without room
        record["why"] = error.message
    best = max(range(len(options)), key=lambda place: (shares[place], place))
    if shares[best] >= MIN_LIFT / len(options):
        act, decided_by = by_words.get(options[best]), "weights"
    else:
        act, decided_by = _wanted(situation, list(by_words.values()), wants, shares), "wants"
    record["decided_by"] = decided_by
    return Choice(act, record | ({"chosen": act.to_document()} if act is not None else {}))


def _wanted(situation: Situation, acts: Sequence[Act], wants: str, shares: Sequence[float]) -> Act | None:
    """Returns the likeliest act that is about something wanted, or None. Nobody gives away what they want."""
    words = _telling(wants)
    found = [
        (shares[place], -place, act)
        for place, act in enumerate(acts)
        if act.kind not in {ActKind.GIVE, ActKind.PUT}
        and words & _telling(act.prop.replace("_", " ") + (situation.call_place(act.place) if act.place else ""))
    ]
    return max(found, key=lambda one: one[:2])[2] if found else None


def _telling(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text) if len(word) > 2} - {"the"}
