"""How often the weights would have been wrong about the world: errors of mechanics, from the records of turns. Pure.

Source: RPGBench, MEC, ECE_t, VUE_t and session stability (methods 2.24). There the weights own the state; here the
world does, and the numbers say what would have become of it in their hands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import WHOLE, Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

NARRATOR_KEY = "narrator"
"""Where a turn's record keeps what its speaker chose to do, or what the narrator made of an act."""
SESSION_ROUNDS = 25
_INPUTS = "the records of acts: what the weights said of them, beside what is true"
METRICS = (
    Metric(
        name="world.mec",
        title="Rounds without an error",
        unit="share of rounds",
        low=0.0,
        high=1.0,
        better="higher",
        needs="nothing",
        how_to_read="How often the weights, asked about the world, were right about all of it.",
        source="RPGBench (MEC)",
        scope="conversation",
        inputs=_INPUTS,
        formula="rounds without a wrong event or variable / rounds",
    ),
    Metric(
        name="world.ece",
        title="Impossible events",
        unit="share of events",
        low=0.0,
        high=1.0,
        better="lower",
        needs="nothing",
        how_to_read="How often the weights would have let happen what cannot, or forbidden what can.",
        source="RPGBench (ECE_t)",
        scope="conversation",
        inputs=_INPUTS,
        formula="mean over rounds of wrong events / events",
    ),
    Metric(
        name="world.vue",
        title="Wrong variables",
        unit="share of variables",
        low=0.0,
        high=1.0,
        better="lower",
        needs="nothing",
        how_to_read="How many values of the world the weights would have set wrongly.",
        source="RPGBench (VUE_t)",
        scope="conversation",
        inputs=_INPUTS,
        formula="mean over rounds of wrong variables / variables",
    ),
)


@dataclass(frozen=True, slots=True)
class Round:
    """What the weights said in one round, beside the truth."""

    n_event_errors: int
    """Events that they let happen though they could not, or the other way round."""
    n_events: int
    n_wrong_variables: int
    n_variables: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong."""
        return not self.n_event_errors and not self.n_wrong_variables

    @property
    def ece(self) -> float | None:
        """Event errors per event, [0, 1]; None where there was no event."""
        return self.n_event_errors / self.n_events if self.n_events else None

    @property
    def vue(self) -> float | None:
        """Wrong variables per variable, [0, 1]; None where there was none."""
        return self.n_wrong_variables / self.n_variables if self.n_variables else None


@dataclass(frozen=True, slots=True)
class Mechanics:
    """The numbers over some rounds; None where nothing was asked of the weights."""

    n_rounds: int
    n_clean: int
    mec: float | None
    """Clean rounds per round, [0, 1], higher is better."""
    ece: float | None
    """Mean over the rounds of event errors per event, lower is better."""
    vue: float | None
    """Mean over the rounds of wrong variables per variable, lower is better."""
    is_stable: bool | None
    """Session stability: whether all rounds are clean."""
    session: float | None
    """Probability that 25 rounds are all clean, were they as likely as these."""

    def to_document(self) -> dict[str, Any]:
        """Returns the numbers as JSON."""
        return asdict(self)


def measure(rounds: Sequence[Round]) -> Mechanics:
    """Returns the numbers over some rounds."""
    n_clean = sum(one.is_clean for one in rounds)
    mec = n_clean / len(rounds) if rounds else None
    return Mechanics(
        n_rounds=len(rounds),
        n_clean=n_clean,
        mec=mec,
        ece=_mean([one.ece for one in rounds if one.ece is not None]),
        vue=_mean([one.vue for one in rounds if one.vue is not None]),
        is_stable=n_clean == len(rounds) if rounds else None,
        session=session_estimate(mec) if mec is not None else None,
    )


def session_estimate(mec: float, n_rounds: int = SESSION_ROUNDS) -> float:
    """Returns how likely a session without any error is: MEC to the power of its rounds."""
    return mec**n_rounds


def round_of_record(record: Mapping[str, Any]) -> Round | None:
    """Returns what a turn's record says of the weights' judgement; None where they were not asked.

    A record may hold anything: more errors than there were events or variables are no judgement either.
    """
    narrator = record.get(NARRATOR_KEY)
    said = narrator.get("weights") if isinstance(narrator, dict) else None
    numbers = [said.get(name) for name in Round.__slots__] if isinstance(said, dict) else [None]
    counts = [number for number in numbers if type(number) is int and 0 <= number <= 1_000_000]
    if len(counts) < len(numbers):
        return None
    found = Round(*counts)
    is_possible = found.n_event_errors <= found.n_events and found.n_wrong_variables <= found.n_variables
    return found if is_possible else None


class _World:
    """Gathers rounds from the records of turns."""

    def __init__(self, _about: About) -> None:
        self._number = 0
        self._rounds: list[Round] = []
        self._wrong: list[int] = []

    def add(self, line: Line) -> list[ScoreValue]:
        self._number += 1
        found = round_of_record(line.record) if line.record else None
        if found is not None:
            self._rounds.append(found)
            if not found.is_clean:
                self._wrong.append(self._number)
        return []

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        found = measure(self._rounds)
        evidence = {"n_rounds": found.n_rounds, "n_clean": found.n_clean, "turns": list(self._wrong)}
        values = {"world.mec": found.mec, "world.ece": found.ece, "world.vue": found.vue}
        return {WHOLE: [_score(metric, value, evidence) for metric, value in values.items()]}


def _score(metric: str, value: float | None, evidence: dict[str, Any]) -> ScoreValue:
    if value is None:
        return ScoreValue(metric, None, "The weights were never asked about the world.")
    return ScoreValue(metric, value, evidence=evidence)


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


MEASURE = Measure(METRICS, _World)
