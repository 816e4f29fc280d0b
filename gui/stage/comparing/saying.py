"""What two branches side by side come to, in sentences."""

from PySide6.QtCore import QCoreApplication

from core.fidelity.catalogue import METRICS
from core.playtest.looking_back.side_by_side import Comparison, Means
from gui.stage.fill import fill

translate = QCoreApplication.translate
SAID = ("grounding", "drift", "echo", "voice.z")
LEAST = {"grounding": 0.01, "drift": 0.01, "echo": 0.01, "voice.z": 0.05}
"""Smaller differences of means are said to be none."""
FEWEST_TURNS = 3
"""With fewer scored turns on a side, neither is called better."""


def say_comparison(comparison: Comparison) -> str:
    """Returns how much they share, how long each is, and whose scores are better; a line for each."""
    left, right = comparison.left, comparison.right
    if not comparison.pairs:
        return translate("Comparing", "Nothing was played on either side.")
    lines = [_say_beginning(comparison)]
    n_left, n_right = len(left.turns) - comparison.n_common, len(right.turns) - comparison.n_common
    if n_left or n_right:
        said = translate("Comparing", "Then “%1” has %2 turns and “%3” %4")
        same = comparison.n_same_later
        end = fill(translate("Comparing", ", %1 of them alike."), same) if same else "."
        lines[0] += " " + fill(said, left.name, n_left, right.name, n_right) + end
    lines += [
        _say_means(comparison, one, change) for one in comparison.means(SAID) if (change := one.change) is not None
    ]
    return "\n".join(lines)


def _say_beginning(comparison: Comparison) -> str:
    n_common = comparison.n_common
    if n_common == len(comparison.pairs):
        return translate("Comparing", "Both say the same, word for word.")
    if not n_common:
        return translate("Comparing", "They differ from the first turn on.")
    if n_common == 1:
        return translate("Comparing", "The first turn is the same on both sides.")
    return fill(translate("Comparing", "The first %1 turns are the same on both sides."), n_common)


def _say_means(comparison: Comparison, means: Means, change: float) -> str:
    metric = METRICS[means.metric]
    said = fill(translate("Comparing", "%1 after that: %2 against %3"), metric.title, *_values(means))
    if means.n_fewest < FEWEST_TURNS:
        return said + translate("Comparing", ", too few turns to call one better.")
    if abs(change) < LEAST.get(means.metric, 0.01):
        return said + translate("Comparing", ", no difference to speak of.")
    if metric.better in ("higher", "lower"):
        is_right = (change > 0) == (metric.better == "higher")
        better = comparison.right.name if is_right else comparison.left.name
        return said + fill(translate("Comparing", ", better in “%1”."), better)
    return said + "."


def _values(means: Means) -> list[str]:
    return ["–" if value is None else f"{value:z.2f}" for value in (means.left, means.right)]
