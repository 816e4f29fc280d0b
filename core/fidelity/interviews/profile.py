"""A measured profile against the one that was meant: types, accuracy, errors. Pure arithmetic."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.fidelity.interviews.questionnaire import Scale

Type = Literal["H", "L"]
Label = Literal["H", "L", "X"]
"""X: nothing is said of it, and it is skipped."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a measured profile compares with its labels."""

    accuracy: float | None
    """Share of labelled dimensions whose type is right; None: none is labelled and measured."""
    is_whole: bool | None
    """All of them are right."""
    mse: float | None
    """Mean square of (measured - meant) / span; None: no number is meant."""
    mae: float | None
    n_labelled: int
    wrong: tuple[str, ...] = ()
    """Dimensions whose type is wrong."""


def type_of(value: float, middle: float) -> Type:
    """Returns H above the middle, L otherwise.

    Source: InCharacter (methods 2.16).
    """
    return "H" if value > middle else "L"


def meant_value(scale: Scale, degrees: Mapping[str, int | None]) -> float | None:
    """Returns what a persona's sliders mean for a scale, 0 to 100; None where they do not say.

    Args:
        degrees: The five factors as the author set them, 0 to 100.
    """
    degree = degrees.get(scale.slider) if scale.slider else None
    if degree is None:
        return None
    return float(100 - degree if scale.slider_is_opposite else degree)


def label_of(meant: float | None, band: float = 10.0) -> Label:
    """Returns the label of a meant value, 0 to 100: within `band` of the middle nothing is claimed."""
    if meant is None or abs(meant - 50) <= band:
        return "X"
    return "H" if meant > 50 else "L"


def compare(
    measured: Mapping[str, float | None], labels: Mapping[str, Label], meant: Mapping[str, float | None]
) -> Fit:
    """Compares a profile with its labels, and with the numbers behind them.

    Args:
        measured: Dimension -> 0 to 100, or None.
        labels: Dimension -> type.
        meant: Dimension -> 0 to 100, where there is a number.

    Source: InCharacter (methods 2.16): accuracy by dimension and of the full profile, MSE and MAE over the span.
    """
    typed = {
        name: (type_of(value, 50.0), labels[name])
        for name, value in measured.items()
        if value is not None and labels.get(name, "X") != "X"
    }
    wrong = tuple(name for name, (found, label) in typed.items() if found != label)
    pairs = [
        (value - target) / 100
        for name, value in measured.items()
        if value is not None and (target := meant.get(name)) is not None
    ]
    return Fit(
        accuracy=1 - len(wrong) / len(typed) if typed else None,
        is_whole=not wrong if typed else None,
        mse=math.fsum(one**2 for one in pairs) / len(pairs) if pairs else None,
        mae=math.fsum(abs(one) for one in pairs) / len(pairs) if pairs else None,
        n_labelled=len(typed),
        wrong=wrong,
    )
