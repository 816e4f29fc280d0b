"""Scores a chat that was played elsewhere, as if it had been played here: same views, same measures."""

from collections.abc import Mapping, Sequence
from math import fsum

from core.fidelity.reference import load_reference
from core.fidelity.score import ScoreValue
from core.fidelity.words.text_scores import TextScorer
from core.inference.request import Engine
from core.playtest.scores.scoring import Spoken, score_by_weights
from core.playtest.scores.turn_scorer import WEIGHTS_METRICS
from core.playtest.script import Part, Script
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.earlier import NOTHING_EARLIER
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, TurnBase
from models.scenario import RoleBase, ScenarioBase


class ConversationScorer:
    """Goes through one conversation turn by turn."""

    def __init__(
        self,
        turns: Sequence[tuple[str, str]],
        personas: Mapping[str, Sequence[str]],
        scene: str | None,
        metrics: Sequence[str],
        engine: Engine | None,
    ) -> None:
        """Takes (speaker, text) pairs, the persona facts by speaker, and the metrics wanted.

        Without an engine the metrics that need weights are not scored.
        """
        self._script = _make_script(turns, personas, scene)
        self._history = [
            TurnBase(speaker_id=speaker, speaker=speaker, kind=SpeakerKind.CHARACTER, text=text, origin=Origin.HUMAN)
            for speaker, text in turns
        ]
        self._metrics = metrics
        self._engine = engine
        self._room = ContextRoom(engine, self._script) if engine else None
        self._words = TextScorer(load_reference())
        self._n_scored = 0
        self._scores: dict[tuple[str, str], list[ScoreValue]] = {}

    def score_next(self) -> list[ScoreValue]:
        """Scores the next turn by every metric wanted, in their order. Raises UserError when the weights fail."""
        turn = self._history[self._n_scored]
        values = {value.metric: value for value in self._words.add(turn.speaker_id, turn.text)}
        values |= {value.metric: value for value in self._score_by_weights(turn)}
        self._n_scored += 1
        wanted = [values[metric] for metric in self._metrics if metric in values]
        for value in wanted:
            self._scores.setdefault((turn.speaker_id, value.metric), []).append(value)
        return wanted

    def summarise(self, speaker: str) -> list[ScoreValue]:
        """Scores all that a speaker said: voice over all their words, the mean over their turns for the rest."""
        return [
            _summary(metric, self._scores[speaker, metric])
            for metric in self._metrics
            if (speaker, metric) in self._scores
        ]

    def _score_by_weights(self, turn: TurnBase) -> list[ScoreValue]:
        wanted = [metric for metric in self._metrics if metric in WEIGHTS_METRICS]
        part = self._script.part(turn.speaker_id)
        if not wanted or self._engine is None or self._room is None or part is None:
            return []
        history = self._history[: self._n_scored]
        fit = self._room.fit(part, history, self._room.count(turn.text))
        earlier = self._room.extract(history, fit) if fit.n_left else NOTHING_EARLIER
        spoken = Spoken(part, tuple(history[fit.n_left :]), turn, earlier)
        return score_by_weights(self._engine, self._script, spoken, wanted)


def _make_script(turns: Sequence[tuple[str, str]], personas: Mapping[str, Sequence[str]], scene: str | None) -> Script:
    speakers = dict.fromkeys([*(speaker for speaker, _ in turns), *personas])
    parts = tuple(
        Part(
            role_id=speaker,
            role=RoleBase(),
            character=CharacterBase(name=speaker, statements=list(personas.get(speaker, ()))),
        )
        for speaker in speakers
    )
    scenario = ScenarioBase(name="Conversation", setting=scene or "", thoughts=False)
    return Script(scenario=scenario, parts=parts)


def _summary(metric: str, scores: Sequence[ScoreValue]) -> ScoreValue:
    if metric.startswith("voice."):
        return scores[-1]
    values = [score.value for score in scores if score.value is not None]
    if not values:
        return ScoreValue(metric, None, scores[-1].reason or "No turn was scored.")
    return ScoreValue(metric, fsum(values) / len(values), evidence={"n_turns": len(values)})
