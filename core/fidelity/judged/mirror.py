"""MirrorBench as a whole: played conversations beside those of people, by all four judges, with their controls."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from core.fidelity.judged import likeness
from core.fidelity.judged.controls import Controlled, judge_with_controls
from core.fidelity.judged.likeness import Retrieve, Talk
from core.fidelity.judged.resampling import mean_interval
from core.fidelity.judging.judge import Judge
from core.fidelity.score import ScoreValue

OnStep = Callable[[int, int], None]
"""Called with how many of the four judges are done, and of how many."""


def compare_with_people(
    judge: Judge,
    pairs: Sequence[tuple[Talk, Talk]],
    retrieve: Retrieve,
    on_step: OnStep = lambda _done, _all: None,
) -> Mapping[str, Controlled]:
    """Judges pairs of a real and a played conversation by the four judges; metric -> what came of it.

    For those that need no reference, `real_real` is what people's own conversations get, and nothing is calibrated.

    Args:
        retrieve: Utterances of people, see `likeness.retrieve_from`.

    Raises:
        UserError: The judge cannot be run at all.
    """
    of_pairs = {likeness.STYLE.name: likeness.judge_style, likeness.PAIR.name: likeness.judge_pair}
    of_one: dict[str, Callable[[Judge, Talk], ScoreValue]] = {
        likeness.ALONE.name: likeness.judge_alone,
        likeness.CRITIQUED.name: partial(_critiqued, retrieve=retrieve),
    }
    n_all = len(of_pairs) + len(of_one)
    found: dict[str, Controlled] = {}
    for name, judge_both in of_pairs.items():
        sets_scale = name == likeness.STYLE.name
        found[name] = judge_with_controls(partial(judge_both, judge), pairs, sets_scale=sets_scale)
        on_step(len(found), n_all)
    for name, judge_one in of_one.items():
        found[name] = _one_by_one(partial(judge_one, judge), pairs)
        on_step(len(found), n_all)
    return found


def _critiqued(judge: Judge, talk: Talk, *, retrieve: Retrieve) -> ScoreValue:
    return likeness.judge_critiqued(judge, talk, retrieve)


def _one_by_one(judge_one: Callable[[Talk], ScoreValue], pairs: Sequence[tuple[Talk, Talk]]) -> Controlled:
    real = [score.value for score in map(judge_one, (real for real, _ in pairs)) if score.value is not None]
    played = [score.value for score in map(judge_one, (played for _, played in pairs)) if score.value is not None]
    return Controlled(
        mean_interval(played) if played else None,
        None,
        sum(real) / len(real) if real else None,
        None,
        len(pairs) - len(played),
    )
