"""All judged metrics that need nothing but a conversation, in the order in which a user meets them.

Those that need more are made by functions: `goals_metric` (given goals), `moral_metric` (levels), `psyplay_metric`
(traits), `critiqued_metric` (utterances of people), `playtester_metric` (rules), `rubric_metric` (a user's words).
"""

from core.fidelity.judged import character_box, goals, likeness, moral, persona_gym, playtester, psyplay
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.metric import Metric

JUDGED_METRICS: tuple[JudgedMetric, ...] = (
    persona_gym.JUDGED,
    character_box.JUDGED,
    moral.JUDGED,
    psyplay.JUDGED,
    goals.JUDGED,
    likeness.JUDGED,
    playtester.JUDGED,
)

METRICS: tuple[Metric, ...] = (
    *(metric for judged in JUDGED_METRICS for metric in judged.metrics),
    *(metric for metric in likeness.METRICS if metric not in likeness.JUDGED.metrics),
)
"""For the catalogue of all metrics; the last ones compare with a person's conversation or utterances."""
