"""Scores a chat that was played elsewhere, as if it had been played here: same views, same measures."""

from collections.abc import Mapping, Sequence

from core.fidelity.catalogue import METRICS
from core.fidelity.conversation import About, Line
from core.fidelity.logprobs.demanded import demanded_measures
from core.fidelity.measures import MEANING_MEASURES, WORD_MEASURES
from core.fidelity.measuring import WHOLE, mean_score
from core.fidelity.metric import Scope
from core.fidelity.score import ScoreValue
from core.inference.request import Ask, Engine
from core.playtest.scores.scoring import WEIGHTS_METRICS, Spoken, score_by_weights
from core.playtest.script import Part, Script
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.earlier import NOTHING_EARLIER
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, TurnBase
from models.scenario import RoleBase, ScenarioBase

_NOTHING = "There is too little here for this measure."


class ConversationScorer:
    """Goes through one conversation turn by turn. What no metric asks for is not done."""

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
        self._turns = turns
        self._metrics = metrics
        about = About({speaker: tuple(facts) for speaker, facts in personas.items()}, scene or "")
        wanted = frozenset(metrics)
        measures = [
            one for one in (*WORD_MEASURES, *MEANING_MEASURES) if any(metric.name in wanted for metric in one.metrics)
        ]
        self._running = [one.begin(about) for one in measures]
        self._measured = [metric.name for one in measures for metric in one.metrics if metric.name in wanted]
        if engine is not None:
            demanded = demanded_measures(_ask(engine), "score/demanded", engine.info.sha256, metrics)
            self._running += [one.begin(about) for one in demanded]
        by_weights = [metric for metric in metrics if metric in WEIGHTS_METRICS]
        self._weighing = _Weighing(turns, personas, scene, by_weights, engine) if by_weights and engine else None
        self._n_scored = 0
        self._scores: dict[str, dict[str, list[ScoreValue]]] = {}
        self._summed: tuple[int, dict[str, dict[str, ScoreValue]]] | None = None

    def score_next(self) -> list[ScoreValue]:
        """Scores the next turn by every metric wanted, in their order. Raises UserError when the weights fail."""
        number = self._n_scored
        found = self._measure_next()
        if self._weighing is not None:
            found |= {score.metric: score for score in self._weighing.score(number)}
        wanted = [found[metric] for metric in self._metrics if metric in found]
        of_speaker = self._scores.setdefault(self._turns[number][0], {})
        for score in wanted:
            of_speaker.setdefault(score.metric, []).append(score)
        return wanted

    def skip_next(self) -> None:
        """Goes past the next turn without scoring it: the turns after it are scored as if it had been."""
        self._measure_next()

    def summarise(self, speaker: str) -> list[ScoreValue]:
        """Scores all that a speaker said, in the order of the metrics.

        What the measure says of a speaker, else the mean over the turns; where it says nothing, that.
        """
        summed, turns = self._sum_up().get(speaker, {}), self._scores.get(speaker, {})
        means = {metric: mean_score(metric, scores) for metric, scores in turns.items() if metric not in summed}
        return self._in_order(self._nothing("speaker") | means | summed)

    def summarise_whole(self) -> list[ScoreValue]:
        """Scores the conversation by the metrics that are about the whole of it."""
        return self._in_order(self._nothing("conversation") | self._sum_up().get(WHOLE, {}))

    def _nothing(self, scope: Scope) -> dict[str, ScoreValue]:
        """Returns what stands for measures of a scope that say nothing: no metric that is wanted is passed over."""
        return {name: ScoreValue(name, None, _NOTHING) for name in self._measured if METRICS[name].scope == scope}

    def _measure_next(self) -> dict[str, ScoreValue]:
        line = Line(*self._turns[self._n_scored])
        self._n_scored += 1
        return {score.metric: score for one in self._running for score in one.add(line)}

    def _sum_up(self) -> dict[str, dict[str, ScoreValue]]:
        if self._summed is None or self._summed[0] != self._n_scored:
            found: dict[str, dict[str, ScoreValue]] = {}
            for one in self._running:
                for speaker, scores in one.sum_up().items():
                    found.setdefault(speaker, {}).update({score.metric: score for score in scores})
            self._summed = (self._n_scored, found)
        return self._summed[1]

    def _in_order(self, found: Mapping[str, ScoreValue]) -> list[ScoreValue]:
        return [found[metric] for metric in self._metrics if metric in found]


def _ask(engine: Engine) -> Ask:
    return lambda request: engine.submit(request, background=True).result()


class _Weighing:
    """The turns of a conversation as views that weights read."""

    def __init__(
        self,
        turns: Sequence[tuple[str, str]],
        personas: Mapping[str, Sequence[str]],
        scene: str | None,
        metrics: Sequence[str],
        engine: Engine,
    ) -> None:
        self._script = _make_script(turns, personas, scene)
        self._history = [
            TurnBase(speaker_id=speaker, speaker=speaker, kind=SpeakerKind.CHARACTER, text=text, origin=Origin.HUMAN)
            for speaker, text in turns
        ]
        self._metrics = metrics
        self._engine = engine
        self._room = ContextRoom(engine, self._script)

    def score(self, place: int) -> list[ScoreValue]:
        """Scores a turn by its place, from 0. Raises UserError when the weights fail."""
        turn, history = self._history[place], self._history[:place]
        part = self._script.part(turn.speaker_id)
        if part is None:
            return []
        fit = self._room.fit(part, history, self._room.count(turn.text))
        earlier = self._room.extract(history, fit) if fit.n_left else NOTHING_EARLIER
        spoken = Spoken(part, tuple(history[fit.n_left :]), turn, earlier)
        return score_by_weights(self._engine, self._script, spoken, self._metrics)


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
