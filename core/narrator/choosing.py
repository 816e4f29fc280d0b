"""A character chooses what it does, among the acts that are possible and doing nothing, on its own weights."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import UserError
from core.inference.request import OPTIONS, Ask, Choose, Chosen, Message
from core.narrator.acts import Act
from core.narrator.affordances import describe_act, possible_acts
from core.narrator.situation import Situation

MAX_CHOICES = 9
"""Acts among which a character chooses: the list is read once for each place in it."""
NOTHING = "do nothing"
MIN_LABEL_MASS = 0.05
"""Where labels are less likely than this as an answer, the words of the options are weighed instead."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a character chose; what was there to choose from is in the record."""

    act: Act | None
    """None: nothing."""
    record: dict[str, Any] = field(default_factory=dict)
    """JSON."""


def choose_act(situation: Situation, role_id: str, messages: Sequence[Message], ask: Ask, lane: str) -> Choice | None:
    """Lets a character choose; None when the user stopped meanwhile.

    An act is done only when it is likelier than doing nothing. Where the engine cannot weigh options, nothing is done.

    Args:
        messages: The character's own view, which ends with what it has just said.
        lane: The sequence of its own for this.
    """
    acts = possible_acts(situation, role_id, MAX_CHOICES)
    by_words = {describe_act(situation, act): act for act in acts}
    if not by_words:
        return Choice(None)
    options = (*by_words, NOTHING)
    question = Message("user", f"(What do you do now? Choose one.\n{OPTIONS})")
    try:
        chosen = ask(Choose(lane, (*messages, question), options))
    except UserError as error:  # a server that only writes, or a view without room
        return Choice(None, {"options": list(options), "why": error.message})
    if chosen is None:
        return None
    assert isinstance(chosen, Chosen)
    by_label = chosen.label_mass >= MIN_LABEL_MASS
    shares = chosen.by_label if by_label else chosen.by_token_likelihood
    best = max(range(len(options)), key=lambda place: (shares[place], place))
    act = by_words.get(options[best])
    record = {
        "options": list(options),
        "shares": [round(share, 4) for share in shares],
        "weighed_by": "label" if by_label else "words",
    }
    return Choice(act, record | ({"chosen": act.to_document()} if act is not None else {}))
