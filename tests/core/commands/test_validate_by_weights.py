"""What the trial asks the weights: some lines of one speaker, and nothing twice."""

from contextlib import closing
from typing import Any

from core.commands.validate_by_weights import WEIGHTS_LINES, weights_scorer
from core.fidelity.validation.corruptions import CORRUPTIONS, spoil
from core.inference.request import Score
from core.inference.scripted import ScriptedEngine
from tests.core.fidelity.validation.small_talks import make_talk

SWAP = CORRUPTIONS[0]


class Counting(ScriptedEngine):
    """Keeps what it was asked to weigh."""

    def __init__(self) -> None:
        self.weighed: list[Score] = []
        super().__init__({})

    def submit(self, request: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(request, Score):
            self.weighed.append(request)
        return super().submit(request, *arguments, **named)


def test_only_some_lines_of_the_target_are_weighed_and_once() -> None:
    talk, stranger = make_talk(0), make_talk(1)
    first = talk.places(talk.target)[0]
    with closing(Counting()) as engine:
        score = weights_scorer(engine, ("grounding",))
        found = score(talk, [first])
        n_weighed = len(engine.weighed)
        assert n_weighed == 2 * (WEIGHTS_LINES + 1)
        assert [place for place, scores in enumerate(found.by_line) if scores] == [
            first,
            *talk.places(talk.target)[-WEIGHTS_LINES:],
        ]
        assert list(found.summaries) == [talk.target]
        assert score(talk, [first]) == found
        assert len(engine.weighed) == n_weighed
        spoilt = spoil(SWAP, talk, stranger, 0)
        assert spoilt is not None
        swapped = score(spoilt.dialogue, [first])
    own, others = (one.summaries[talk.target]["grounding"].value for one in (found, swapped))
    assert own is not None
    assert others is not None
    assert own > others
