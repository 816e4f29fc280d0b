"""Which of many points are under the mouse, or in a rectangle."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from gui.fidelity.plane import Floats

NEAR_PX = 12


def nearest(xs: Floats, ys: Floats, point: QPointF, within: float = NEAR_PX) -> int:
    """Returns the place of the nearest of some points, or -1 where none is near."""
    if not len(xs):
        return -1
    far = (xs - point.x()) ** 2 + (ys - point.y()) ** 2
    place = int(np.argmin(far))
    return place if float(far[place]) <= within**2 else -1


def inside(xs: Floats, ys: Floats, band: QRectF) -> NDArray[np.bool_]:
    """Returns which points are in a rectangle."""
    return (xs >= band.left()) & (xs <= band.right()) & (ys >= band.top()) & (ys <= band.bottom())
