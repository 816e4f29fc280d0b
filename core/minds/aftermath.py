"""What a finished turn shows of the mind that was behind it: a thought that was spoken, knowledge nobody could have."""

from collections.abc import Mapping
from typing import Any

from core.fidelity.words.overlap import rouge_l
from core.minds import horizon
from core.minds.moment import MIND_KEY

ALARMS_KEY = "alarms"
LEAKS_FROM = 0.7
"""Source: ToMATO (methods 2.21): a thought has leaked when ROUGE-L of thought and speech is above this."""


def look_back(mind: Mapping[str, Any], role_id: str, text: str, thought: str | None) -> dict[str, Any]:
    """Returns what the record of a written turn keeps of its mind: what was found before it, and what came of it.

    Args:
        mind: What the faculties kept.
    """
    mind = dict(mind)
    overlap = rouge_l(thought, text) if thought else 0.0
    if overlap > LEAKS_FROM:
        mind["thought"] = {**mind.get("thought", {}), "leak": round(overlap, 3)}
    record: dict[str, Any] = {}
    if horizon.KEY in mind:
        judged = horizon.judge_answer(mind[horizon.KEY], text)
        mind[horizon.KEY] = {**mind[horizon.KEY], **judged}
        if judged.get("claims"):
            asked = mind[horizon.KEY]["asked"]
            record[ALARMS_KEY] = [
                {"kind": horizon.CANNOT_KNOW, "about": one["about"], "limit": one["limit"], "role": role_id}
                for one in asked
            ]
    return record | ({MIND_KEY: mind} if mind else {})
