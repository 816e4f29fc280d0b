"""A character chooses what it does, among the acts that are possible and doing nothing, on its own weights.

One short answer at the end of the character's own view, under a grammar of exactly these acts: what the sequence holds
already is not read again.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import UserError
from core.inference.request import Ask, Generate, Generated, Message
from core.narrator.acts import Act, ActKind
from core.narrator.affordances import describe_act, possible_acts
from core.narrator.situation import Situation
from core.narrator.wanting import wanted_act

MAX_CHOICES = 7
"""Acts among which a character chooses."""
NOTHING = "do nothing"
MAX_TOKENS = 32
MIN_CONFIDENCE = 0.2
"""Mean probability of a token of the answer, below which the weights only said what the grammar left them."""
_HANDS = frozenset({ActKind.TAKE, ActKind.GIVE, ActKind.PUT})
"""Acts that bring a prop from one to the other."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a character chose; what was there to choose from is in the record."""

    act: Act | None
    """None: nothing."""
    record: dict[str, Any] = field(default_factory=dict)
    """JSON."""


def choose_act(
    situation: Situation, role_id: str, asked: Generate, wants: str, ask: Ask, recent: Sequence[Act] = ()
) -> Choice | None:
    """Lets a character choose; None when the user stopped meanwhile.

    An act is done when the weights mean it. Where they do not know what to say, or cannot be asked, the act is done
    that is about something in what the character has said or wants. Nobody leaves the scene like this: that is done in
    words; and nothing is undone that has only just been done.

    Args:
        asked: The character's own view with what it has just said; its lane, adapters and sampling. The question and
            the grammar are added.
        wants: What it has just said, and its goal.
        recent: What has been done of late, by whomever.
    """
    acts = [act for act in possible_acts(situation, role_id) if _is_fresh(act, recent)][:MAX_CHOICES]
    by_words = {describe_act(situation, act): act for act in acts}
    if not by_words:
        return Choice(None)
    options = (*by_words, NOTHING)
    record: dict[str, Any] = {"options": list(options), "decided_by": "wants"}
    question = Message("user", f"(What do you do now? Say one of these: {'; '.join(options)}.)")
    request = replace(
        asked, messages=(*asked.messages, question), max_tokens=MAX_TOKENS, grammar=options_grammar(options)
    )
    said = ""
    try:
        answer = ask(request)
        if answer is None:
            return None
        assert isinstance(answer, Generated)
        said = answer.text.strip()
        record |= _confidence_record(answer)
    except UserError as error:  # a server that keeps to no grammar, or a view without room
        record["why"] = error.message
    if said not in options:
        record.setdefault("why", "The answer is none of the acts.")
    elif record.get("confidence", 1.0) >= MIN_CONFIDENCE:
        record["decided_by"] = "weights"
    else:
        record["why"] = "The weights had no preference."
    by_weights = record["decided_by"] == "weights"
    act = by_words.get(said) if by_weights else wanted_act(situation, acts, wants)
    return Choice(act, record | ({"chosen": act.to_document()} if act is not None else {}))


def options_grammar(options: Sequence[str]) -> str:
    """Returns the grammar of an answer that is exactly one of some texts."""
    return f"root ::= {' | '.join(json.dumps(option, ensure_ascii=False) for option in options)}"


def _confidence_record(answer: Generated) -> dict[str, float]:
    """Returns how likely the answer was to the weights by themselves, where the engine says so."""
    if not answer.logprobs:
        return {}
    return {"confidence": round(math.exp(sum(answer.logprobs) / len(answer.logprobs)), 4)}


def _is_fresh(act: Act, recent: Sequence[Act]) -> bool:
    """Whether an act may be chosen: it does not leave, and does not undo what was done of late."""
    if act.kind == ActKind.LEAVE:
        return False
    if act.kind == ActKind.GO:
        return act not in recent
    same = [one for one in recent if one.prop == act.prop]
    if act.kind in _HANDS:
        return not any(one.kind in _HANDS for one in same)
    return not any(one.kind == act.kind for one in same)
