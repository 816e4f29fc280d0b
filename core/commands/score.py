"""`tableread score`: the live scores, for chats from files."""

import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from core.commands.play import weights_of
from core.commands.printing import console, print_json
from core.events import Event
from core.fidelity.catalogue import METRICS
from core.fidelity.score import ScoreValue
from core.inference.request import Engine
from core.inference.worker import Worker
from core.interchange.conversations import Conversation, read_conversations
from core.playtest.scores.conversation_scores import ConversationScorer
from core.playtest.scores.turn_scorer import WEIGHTS_METRICS


def score(files: Sequence[Path], metrics: Sequence[str], weights: Path | None, as_json: bool) -> None:
    """Runs the command. The weights are loaded only when a metric needs them."""
    if not any(metric in WEIGHTS_METRICS for metric in metrics):
        _score_files(files, metrics, None, as_json)
        return
    with closing(Worker(weights_of(weights, None, None, None), _ignore)) as engine:
        _score_files(files, metrics, engine, as_json)


def _score_files(files: Sequence[Path], metrics: Sequence[str], engine: Engine | None, as_json: bool) -> None:
    out = console()
    for path in files:
        for number, conversation in enumerate(read_conversations(path)):
            for turn, speaker, value in _rows(conversation, metrics, engine):
                if as_json:
                    row = {"file": str(path), "conversation": number, "turn": turn, "speaker": speaker}
                    print_json(row | {"metric": value.metric, "value": value.value, "reason": value.reason})
                elif turn is None:
                    out.print(f"{path.name} {number}  {speaker}  {METRICS[value.metric].title}: {_plain(value)}")


def _rows(
    conversation: Conversation, metrics: Sequence[str], engine: Engine | None
) -> Iterator[tuple[int | None, str, ScoreValue]]:
    """Yields one row per turn and metric, then one per speaker and metric for the whole conversation."""
    scorer = ConversationScorer(conversation.turns, conversation.personas, conversation.scene, metrics, engine)
    for index, (speaker, _) in enumerate(conversation.turns):
        for value in scorer.score_next():
            yield index + 1, speaker, value
    for speaker in dict.fromkeys(speaker for speaker, _ in conversation.turns):
        for value in scorer.summarise(speaker):
            yield None, speaker, value


def _plain(value: ScoreValue) -> str:
    return f"{value.value:.4f}" if value.value is not None and math.isfinite(value.value) else f"– ({value.reason})"


def _ignore(_event: Event) -> None:
    """Scoring a file reports nothing but its rows."""
