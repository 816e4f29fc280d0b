"""Audience simulation: of several ways to say the next line, which would different people want to hear?

Each profile of an audience compares all pairs in both orders. Who writes the candidates is `line_writing`'s matter.
Source: EGS, explore-generate-simulate (2025).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import pinned
from core.fidelity.judged.excerpt import SCENE_TOKENS, cut_text, excerpt_before, number_facts
from core.fidelity.judged.resampling import Interval, mean_interval
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.masks import mask_names
from core.fidelity.judging.verdicts import NotJudged

VERSION = "line-audience-1"
_SCENE_LINES_TOKENS = 420
_LINE_TOKENS = 150
_PERSONA_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of listener."""

    name: str
    who: str


AUDIENCE = (
    Profile("First row", "You came to be moved. You want lines that feel true."),
    Profile("Back row", "You tire easily. You want lines that are short, plain and clear."),
    Profile("Critic", "You have seen it all. You want lines that surprise and could be said by nobody else."),
    Profile("Fan", "You know this person by heart. You want them to be just as they always are."),
    Profile("Storyteller", "You want to know what happens next. A line should change something."),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to say the next line."""

    text: str
    advice: tuple[int, ...] = ()
    """Places of the pieces of advice that it follows, from 0; empty: none, such as a line of the user's."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a candidate did."""

    candidate: Candidate
    place: int
    """In the order given, from 0."""
    win_rate: Interval
    """Mean over profiles and opponents of the probability to be preferred, with its interval."""
    copeland: int
    """Opponents that it beats, less those that beat it, all profiles together."""
    by_profile: Mapping[str, float]
    """Profile -> mean win rate among it."""


@dataclass(frozen=True, slots=True)
class AdviceWorth:
    """What a piece of advice is worth: the mean win rate of the candidates that follow it."""

    advice: int
    win_rate: Interval


@dataclass(frozen=True, slots=True)
class Simulation:
    """What an audience said. Without a reason, `standings` has all candidates, best first."""

    standings: tuple[Standing, ...]
    advice: tuple[AdviceWorth, ...]
    """Best first; empty where no candidate follows any."""
    reason: str
    """Why there is no result, as a sentence for the user; empty when there is one."""
    n_failed: int
    """Pairs that could not be judged."""
    consistent: float | None
    """Share of pairs in which both orders name the same winner."""
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Heard:
    profile: str
    first: int
    second: int
    p_first: float
    is_consistent: bool


def simulate_audience(
    judge: Judge,
    about: About,
    lines: Sequence[Line],
    speaker: str,
    candidates: Sequence[Candidate],
    *,
    audience: Sequence[Profile] = AUDIENCE,
    seed: int = 0,
    on_pair: Callable[[int, int], None] = lambda _done, _all: None,
) -> Simulation:
    """Has an audience choose among candidates for the line that `speaker` says after `lines`. Names are masked here.

    Args:
        on_pair: Called with how many pairs are done, and of how many.

    Raises:
        UserError: The judge cannot be run at all.
    """
    pinned_by = pinned(judge, VERSION) | {"audience": [profile.name for profile in audience]}
    if len(candidates) < 2:
        return Simulation((), (), "An audience needs two lines at least to choose from.", 0, None, pinned_by)
    scene, hide = _scene(about, lines, speaker)
    pairs = [(profile, *pair) for profile in audience for pair in combinations(range(len(candidates)), 2)]
    heard: list[_Heard] = []
    for n_done, (profile, first, second) in enumerate(pairs, 1):
        texts = [cut_text(hide(candidates[place].text), _LINE_TOKENS) for place in (first, second)]
        preference = judge.prefer(_question_of(scene, profile), texts[0], texts[1])
        if not isinstance(preference, NotJudged):
            heard.append(_Heard(profile.name, first, second, preference.p_first, preference.is_consistent))
        on_pair(n_done, len(pairs))
    return _sum_up(candidates, heard, len(pairs) - len(heard), seed, pinned_by)


def _scene(about: About, lines: Sequence[Line], speaker: str) -> tuple[str, Callable[[str], str]]:
    """Returns what the audience has seen so far, masked, and what masks a candidate."""
    masked = mask_names(about, [*lines, Line(speaker, "")])
    shown = masked.lines[:-1]
    facts, _ = number_facts(masked.about.personas.get(speaker, ()), _PERSONA_TOKENS)
    name = masked.about.name(speaker)
    where = cut_text(masked.about.scene, SCENE_TOKENS)
    parts = [
        f"What is known of {name}:\n{facts}" if facts else "",
        f"Where they are: {where}" if where else "",
        f"So far:\n{excerpt_before(masked.about, shown, len(shown) - 1, _SCENE_LINES_TOKENS).text}" if shown else "",
        f"Now {name} speaks. It is one of these two lines.",
    ]
    return "\n\n".join(part for part in parts if part), masked.masks.hide


def _question_of(scene: str, profile: Profile) -> Callable[[str, str], Question]:
    system = f"You sit in an audience and say which of two lines you would rather hear. {profile.who}"

    def question(first: str, second: str) -> Question:
        return Question(system, f"{scene}\n\nLine A: {first}\n\nLine B: {second}\n\nWhich do you prefer?")

    return question


def _sum_up(
    candidates: Sequence[Candidate], heard: Sequence[_Heard], n_failed: int, seed: int, evidence: Mapping[str, Any]
) -> Simulation:
    won: list[list[tuple[str, int, float]]] = [[] for _ in candidates]
    for one in heard:
        won[one.first].append((one.profile, one.second, one.p_first))
        won[one.second].append((one.profile, one.first, 1 - one.p_first))
    if not all(won):
        return Simulation((), (), "The judge could not compare each line with another.", n_failed, None, evidence)
    standings = [_standing(candidate, place, won[place], seed) for place, candidate in enumerate(candidates)]
    ordered = sorted(standings, key=lambda one: (-one.win_rate.mean, -one.copeland, one.place))
    consistent = sum(one.is_consistent for one in heard) / len(heard)
    return Simulation(tuple(ordered), _worth(standings, seed), "", n_failed, consistent, evidence)


def _standing(candidate: Candidate, place: int, won: Sequence[tuple[str, int, float]], seed: int) -> Standing:
    profiles = dict.fromkeys(profile for profile, _, _ in won)
    opponents = dict.fromkeys(opponent for _, opponent, _ in won)
    against = [_mean([p for _, other, p in won if other == opponent]) for opponent in opponents]
    return Standing(
        candidate,
        place,
        mean_interval([p for _, _, p in won], seed=seed),
        sum(p > 0.5 for p in against) - sum(p < 0.5 for p in against),
        {name: _mean([p for profile, _, p in won if profile == name]) for name in profiles},
    )


def _worth(standings: Sequence[Standing], seed: int) -> tuple[AdviceWorth, ...]:
    rates: dict[int, list[float]] = {}
    for standing in standings:
        for advice in standing.candidate.advice:
            rates.setdefault(advice, []).append(standing.win_rate.mean)
    worth = [AdviceWorth(advice, mean_interval(values, seed=seed)) for advice, values in sorted(rates.items())]
    return tuple(sorted(worth, key=lambda one: -one.win_rate.mean))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
