"""Role identification: shown a line and the personas of the cast without names, whose do the weights take it for?"""

from collections.abc import Sequence
from concurrent.futures import CancelledError

from core.fidelity.conversation import About, Line
from core.fidelity.judging.masks import mask_names
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.inference.request import OPTIONS, Ask, Choose, Chosen, Message

METRIC = Metric(
    name="identification",
    title="Recognised by the line",
    unit="probability",
    low=0.0,
    high=1.0,
    better="higher",
    needs="log-probabilities",
    how_to_read="How likely the line is taken for its speaker's by the personas alone; chance is 1 of the cast.",
    source="PersonaEval (role identification), turned on the turn instead of the judge",
    cost="weights",
    inputs="the line without names, the statements of the cast; the weights' log-probabilities",
    formula="probability of the true speaker, over all orders of the candidates",
)
LABELS = tuple("123456789")
"""Not letters: the masks of names end in letters."""
MAX_STATEMENTS = 12
"""Of each candidate."""
MAX_CANDIDATES = 6


def score_identification(ask: Ask, lane: str, about: About, lines: Sequence[Line], place: int) -> ScoreValue:
    """Scores the line at a place, from 0. Evidence: the probability of each candidate.

    The scene before the line is not shown: who comes next would give it away.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    line = lines[place]
    candidates = candidates_for(about, line.speaker)
    if line.speaker not in candidates:
        return ScoreValue(METRIC.name, None, "The speaker has no statements to be recognised by.")
    if len(candidates) < 2:
        return ScoreValue(METRIC.name, None, "Nobody else of the cast has statements to be taken for.")
    if not line.text.strip():
        return ScoreValue(METRIC.name, None, "The turn has no words.")
    masked = mask_names(about, [line])
    names = tuple(masked.about.name(speaker) for speaker in candidates)
    chosen = ask(
        Choose(lane, identification_chat(masked.about, candidates, masked.lines[0].text), names, labels=LABELS)
    )
    if not isinstance(chosen, Chosen):
        raise CancelledError
    shares = dict(zip(candidates, chosen.by_label, strict=True))
    share = shares[line.speaker]
    taken_for = about.name(max(shares, key=lambda speaker: shares[speaker]))
    evidence = {
        "candidates": [
            {"speaker": speaker, "name": about.name(speaker), "share": one} for speaker, one in shares.items()
        ],
        "taken_for": taken_for,
        "chance": 1 / len(candidates),
        "position_bias": chosen.position_bias,
        "label_mass": chosen.label_mass,
        "why": f"By the personas, the line was taken for {taken_for}'s.",
    }
    return ScoreValue(METRIC.name, share, evidence=evidence)


def candidates_for(about: About, speaker: str) -> tuple[str, ...]:
    """Returns the speakers with statements in the order of the cast, the one who spoke always among them."""
    known = [one for one, statements in about.personas.items() if statements]
    others = [one for one in known if one != speaker][: MAX_CANDIDATES - 1]
    return tuple(one for one in known if one == speaker or one in others)


def identification_chat(about: About, candidates: Sequence[str], text: str) -> tuple[Message, ...]:
    """Returns what is asked; the personas come first, so that they are read once for all lines."""
    personas = "\n\n".join(
        f"{about.name(one)}:\n" + "\n".join(f"- {fact}" for fact in about.personas[one][:MAX_STATEMENTS])
        for one in candidates
    )
    asked = f"{personas}\n\nOne of them says: “{text}”\n\nWho says it?\n{OPTIONS}\nAnswer with the number."
    return (Message("user", asked),)
