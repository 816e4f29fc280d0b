"""From values to places on a chart, and the round numbers on its axes. Draws nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_MARGIN = 0.08
_NEAR_ZERO = 0.5
"""An axis begins at 0 when its least value is under this share of its greatest."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight map from values to places; `low` and `high` differ."""

    low: float
    high: float
    start: float
    """Place of `low`."""
    end: float
    """Place of `high`; may be less than `start`, as heights are."""

    def place(self, value: float) -> float:
        """Returns where a value is drawn; values outside are put on the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def value_bounds(values: Sequence[float], low: float | None, high: float | None) -> tuple[float, float]:
    """Chooses the range of a value axis: the values with some room, within what can occur, 0 included if near."""
    if not values:
        return (0.0 if low is None else low, 1.0 if high is None else high)
    least, most = min(values), max(values)
    if 0 < least < most * _NEAR_ZERO:
        least = 0.0
    if least * _NEAR_ZERO < most < 0:
        most = 0.0
    span = most - least
    room = span * _MARGIN if span > abs(most) * 1e-9 else abs(most) * _MARGIN or 1.0
    bottom, top = least - room, most + room
    if low is not None and least >= low:  # a stranger's value may lie outside
        bottom = max(bottom, low)
    if high is not None and most <= high:
        top = min(top, high)
    return bottom, top


def nice_ticks(low: float, high: float, n_at_most: int, whole: bool = False) -> list[float]:
    """Returns round numbers (1, 2 or 5 times a power of ten apart) within a range, at most so many.

    `whole` keeps them whole numbers.
    """
    step = _nice_step((high - low) / max(n_at_most - 1, 1))
    if whole:
        step = max(step, 1.0)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [place * step for place in range(first, last + 1)]


def format_tick(value: float, step: float) -> str:
    """Formats a tick with as many decimals as the step between ticks needs, and a true minus sign."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    text = f"{value:,.{decimals}f}" if abs(value) < 1e6 else f"{value:.3g}"
    return text.replace("-", "\u2212") if float(text.replace(",", "")) else text.lstrip("-")


def _nice_step(least: float) -> float:
    """Returns the smallest of 1, 2, 5 times a power of ten that is not under `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))
