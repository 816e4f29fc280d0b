"""Which beat an arrow key leads to: along the links first, else the nearest card in that direction."""

from collections.abc import Mapping
from enum import Enum

from gui.scenarios.beats.graph import Graph
from gui.scenarios.beats.snapping import Box


class Way(Enum):
    """A direction on the canvas."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


def step_from(beat_id: str, way: Way, graph: Graph, boxes: Mapping[str, Box]) -> str:
    """Returns the beat to go to; the same one when there is none that way.

    Right goes along the first way out, left back along the first way in. Up and down go among what stands beside it in
    the graph: the other ways out of where it is reached from; else to the nearest card above or below.
    """
    if way in (Way.RIGHT, Way.LEFT):
        links = (graph.ways_out if way is Way.RIGHT else graph.ways_in).get(beat_id, ())
        found = [link.to_id if way is Way.RIGHT else link.from_id for link in links]
        ahead = [other for other in found if other != beat_id]
        return ahead[0] if ahead else _nearest(beat_id, way, boxes)
    siblings = {
        out.to_id
        for link in graph.ways_in.get(beat_id, ())
        for out in graph.ways_out.get(link.from_id, ())
        if out.to_id != beat_id
    }
    near = _nearest(beat_id, way, {key: boxes[key] for key in (*siblings, beat_id)})
    return near if near != beat_id else _nearest(beat_id, way, boxes)


def _nearest(beat_id: str, way: Way, boxes: Mapping[str, Box]) -> str:
    x, y = _middle(boxes[beat_id])
    step_x, step_y = way.value
    best, found = float("inf"), beat_id
    for key, box in boxes.items():
        other_x, other_y = _middle(box)
        along = (other_x - x) * step_x + (other_y - y) * step_y
        across = abs((other_x - x) * step_y) + abs((other_y - y) * step_x)
        if key != beat_id and along > 0 and along + 3 * across < best:
            best, found = along + 3 * across, key
    return found


def _middle(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2
