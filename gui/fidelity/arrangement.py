"""Where the cards of the place lie when there are two columns."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from gui.fidelity.grid import Spot


def arrange(cards: Mapping[str, QWidget], *, is_wide: bool = False) -> list[Spot]:
    """Returns the cards in their order. `is_wide`: the heat map has so many columns that it takes the whole width."""
    first = 2 if is_wide else 1
    pair = [("distributions", 0, 0), ("scatter", 0, 1)] if is_wide else [("distributions", 0, 1), ("scatter", 1, 1)]
    heat = Spot(cards["heat"], 1, 0, 1, 2) if is_wide else Spot(cards["heat"], 1, 0, 2, 1)
    return [
        Spot(cards["lines"], 0, 0, 1, 2),
        heat,
        *(Spot(cards[key], first + row, column) for key, row, column in pair),
        Spot(cards["radar"], 3, 0),
        Spot(cards["comparison"], 3, 1),
        Spot(cards["timeline"], 4, 0, 1, 2),
        Spot(cards["worst"], 5, 0, 1, 2),
    ]
