"""What interviews say of a character: measured against meant, and over a scene. Reads rows."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from core.fidelity.interviews.profile import Fit, compare, label_of, meant_value
from core.fidelity.interviews.questionnaire import IPIP, Scale, load_questionnaire
from core.fidelity.interviews.scoring import cronbach_alpha, keyed_rows, stability
from core.library.interviews import list_interviews
from core.playtest.branch import Branch
from core.playtest.directing.recasting import cast_at
from core.project import Project
from models.interview import Interview
from models.persona import Layers

LOW_MASS = 0.1
"""Below this share, the weights would hardly ever answer with a point of the form at all."""
FLAT_SD = 0.25
"""Below this spread of an administration's raw answers, in points, all items were answered alike."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension, 0 to 100."""

    name: str
    title: str
    intended: float | None
    """What the persona's sliders say; None: nothing."""
    measured: float | None
    spread: float | None
    """Standard deviation of the measured value, in the same unit; None: not known."""
    reason: str | None = None
    """Why nothing was measured."""


@dataclass(frozen=True, slots=True)
class Radar:
    """Measured against intended."""

    axes: tuple[Axis, ...]
    fit: Fit
    sentence: str
    """All of it in words, with what speaks against trusting it."""


@dataclass(frozen=True, slots=True)
class ScenePoint:
    """One interview on the way through a scene."""

    number: int
    """Turns before it; 0: before the first."""
    interview_id: str
    scales: Mapping[str, float | None]
    """Scale -> 0 to 100."""


@dataclass(frozen=True, slots=True)
class OverScene:
    """Personality over a scene."""

    points: tuple[ScenePoint, ...]
    stability: Mapping[str, float | None]
    """Scale -> standard deviation over the points, in parts of a hundred; None: there are not two."""
    reason: str | None = None
    """Why there is nothing to show."""


def read_radar(project: Project, interview: Interview) -> Radar:
    """Returns an interview against what its character's sliders said when it was held.

    Raises:
        UserError: The playtest is gone, or nobody knows the questionnaire any more.
    """
    questionnaire = load_questionnaire(interview.questionnaire)
    degrees = _degrees(project, interview)
    axes = tuple(_axis(scale, degrees, interview.scales.get(scale.name) or {}) for scale in questionnaire.scales)
    meant = {axis.name: axis.intended for axis in axes}
    labels = {name: label_of(value) for name, value in meant.items()}
    fit = compare({axis.name: axis.measured for axis in axes}, labels, meant)
    return Radar(axes, fit, " ".join([*_say(axes, fit), *doubts(interview)]))


def doubts(interview: Interview) -> list[str]:
    """Returns what speaks against trusting the numbers of an interview, as sentences."""
    found = []
    mass = interview.record.get("mass")
    if isinstance(mass, int | float) and mass < LOW_MASS:
        found.append(f"The weights would answer with such a number only {mass:.1%} of the time.")
    values = [one["value"] for one in interview.answers if isinstance(one.get("value"), int | float)]
    if len(values) > 1 and statistics.stdev(values) < FLAT_SD:
        found.append("All items were answered nearly alike, whatever they say: this profile says nothing.")
    if interview.record.get("graded_itself"):
        found.append("The weights that played the part also judged its answers.")
    return found + _missing(interview.scales)


def _missing(scales: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Says what became of items without an answer: they are the middle in a sum, and where most are missing is none."""
    n_of = {True: 0, False: 0}
    for kept in scales.values():
        n_of[kept.get("value") is not None] += kept.get("n_items", 0) - kept.get("n_answered", 0)
    found = [f"{n_of[True]} items have no answer and count as the middle."] if n_of[True] else []
    if n_of[False]:
        found.append(f"{n_of[False]} items have no answer and stand in scales that were not measured.")
    return found


def read_over_scene(
    project: Project,
    playtest_id: str,
    role_id: str,
    path_turn_ids: Sequence[int],
    questionnaire: str = IPIP,
    mode: str = "digits",
) -> OverScene:
    """Returns the newest interview of each point of a branch, and how steady each scale is.

    Args:
        path_turn_ids: The turns of the branch, the first one first.
    """
    numbers: dict[int | None, int] = {None: 0, **{turn_id: at for at, turn_id in enumerate(path_turn_ids, 1)}}
    newest: dict[int, Interview] = {}
    for row in list_interviews(project, playtest_id, role_id):
        if row.questionnaire == questionnaire and row.mode == mode and row.turn_id in numbers:
            newest.setdefault(numbers[row.turn_id], row)
    if not newest:
        return OverScene((), {}, "This character has not been interviewed on this branch.")
    points = tuple(
        ScenePoint(number, row.id, {name: _percent(scale) for name, scale in row.scales.items()})
        for number, row in sorted(newest.items())
    )
    scales = [scale.name for scale in load_questionnaire(questionnaire).scales]
    steady = {name: stability([point.scales.get(name) for point in points]) for name in scales}
    return OverScene(points, steady)


def read_alphas(interviews: Sequence[Interview]) -> dict[str, float | None]:
    """Returns Cronbach's alpha of each scale over all administrations of one questionnaire; None: too few of them.

    Raises:
        UserError: Nobody knows the questionnaire any more.
    """
    if not interviews:
        return {}
    questionnaire = load_questionnaire(interviews[0].questionnaire)
    forms = [
        {one["number"]: one.get("value") for one in row.answers}
        for row in interviews
        if row.questionnaire == questionnaire.name
    ]
    return {scale.name: cronbach_alpha(keyed_rows(questionnaire, scale.name, forms)) for scale in questionnaire.scales}


def _degrees(project: Project, interview: Interview) -> dict[str, int | None]:
    branch = Branch(project, interview.playtest_id)
    part = cast_at(branch.script, branch.path_to(interview.turn_id) if interview.turn_id else []).part(
        interview.role_id
    )
    if part is None:
        raise UserError("This role is not in the cast.", "Choose another interview.")
    try:
        return Layers.read(part.character.layers).personal.big_five.model_dump()
    except ValueError:
        return {}


def _axis(scale: Scale, degrees: Mapping[str, int | None], kept: Mapping[str, Any]) -> Axis:
    spread, span = kept.get("spread"), kept.get("high", 0) - kept.get("low", 0)
    return Axis(
        scale.name,
        scale.title,
        meant_value(scale, degrees),
        _percent(kept),
        100 * spread / span if spread is not None and span else None,
        kept.get("reason"),
    )


def _percent(kept: Mapping[str, Any]) -> float | None:
    value, low, high = kept.get("value"), kept.get("low", 0), kept.get("high", 0)
    return None if value is None or high <= low else 100 * float(value - low) / (high - low)


def _say(axes: Sequence[Axis], fit: Fit) -> list[str]:
    both = [
        (axis, abs(axis.measured - axis.intended))
        for axis in axes
        if axis.measured is not None and axis.intended is not None
    ]
    if not both:
        known = ", ".join(f"{axis.title} {axis.measured:.0f}" for axis in axes if axis.measured is not None)
        said = "The persona's sliders say nothing of these dimensions."
        return [f"Measured, from 0 to 100: {known}.", said] if known else ["Nothing was measured."]
    furthest = max(both, key=lambda pair: pair[1])[0]
    found = []
    if fit.accuracy is not None:
        n_right = fit.n_labelled - len(fit.wrong)
        found.append(f"{n_right} of {fit.n_labelled} dimensions lie on the side that was meant.")
    found.append(
        f"Furthest off is {furthest.title}: {furthest.intended:.0f} was meant, {furthest.measured:.0f} was measured."
    )
    return found
