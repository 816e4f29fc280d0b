"""The policies by their names, and what comes before any of them: who waits in a queue, and the facilitator."""

from collections.abc import Callable

from core.turn_taking.bidding import bidding
from core.turn_taking.directed import directed
from core.turn_taking.facilitator import step_in
from core.turn_taking.mention import mention
from core.turn_taking.name_next import name_next
from core.turn_taking.occasion import Decision, Occasion
from core.turn_taking.reply_back import reply_back
from core.turn_taking.round_robin import round_robin
from core.turn_taking.scripted import scripted
from core.turn_taking.simultaneous import is_in_round, simultaneous
from core.turn_taking.speak_gate import speak_gate
from core.turn_taking.weighted import weighted
from models.scenario import TurnPolicy

POLICIES: dict[TurnPolicy, Callable[[Occasion], Decision]] = {
    TurnPolicy.ROUND_ROBIN: round_robin,
    TurnPolicy.WEIGHTED: weighted,
    TurnPolicy.MENTION: mention,
    TurnPolicy.SCRIPTED: scripted,
    TurnPolicy.NAME_NEXT: name_next,
    TurnPolicy.REPLY_BACK: reply_back,
    TurnPolicy.SPEAK_GATE: speak_gate,
    TurnPolicy.BIDDING: bidding,
    TurnPolicy.DIRECTOR: directed,
    TurnPolicy.SIMULTANEOUS: simultaneous,
}


def decide(policy: TurnPolicy, occasion: Occasion) -> Decision:
    """Returns who acts next: the facilitator where it is needed, who waits in the queue, else whom the policy names.

    The occasion must have somebody who is present.
    """
    if policy != TurnPolicy.DIRECTOR and not (policy == TurnPolicy.SIMULTANEOUS and is_in_round(occasion)):
        stepping = step_in(occasion)
        if stepping is not None:
            return stepping
    here = {one.role_id for one in occasion.present}
    queue = [role_id for role_id in dict.fromkeys(occasion.queue) if role_id in here]
    if queue:
        return Decision(queue[0], "was waiting to speak", queue=tuple(queue[1:]))
    if len(here) == 1 and policy not in (TurnPolicy.DIRECTOR, TurnPolicy.SIMULTANEOUS):
        return Decision(occasion.present[0].role_id, "nobody else is there")
    return POLICIES[policy](occasion)
